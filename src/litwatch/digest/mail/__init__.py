"""Mail: one message to one person, composed and handed to a server."""
