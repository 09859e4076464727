"""What one board member is told: which reports, when, in which words; links that open the desk; the mail itself."""
