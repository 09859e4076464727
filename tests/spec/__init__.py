"""The policy as tables: what PubMed says, and what litwatch then tells the board."""
