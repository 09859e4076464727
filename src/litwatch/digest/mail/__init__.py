"""The door to mail: one message to one person, composed and handed to a server."""
