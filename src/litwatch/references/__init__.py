"""What an article prints of the papers that it cites: matched with PubMed records, and checked."""
