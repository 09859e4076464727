"""References that are not printed: bibliography files, their entries, and how they add to the printed list."""
