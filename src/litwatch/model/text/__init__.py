"""Small tools for text: dates and counts in English, stems, abbreviations, text from outside made fit to be shown."""
