"""Citations in the text: numbers in every usual form, and authors with years."""
