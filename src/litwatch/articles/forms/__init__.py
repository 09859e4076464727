"""Forms of a file: which one it has (``file_forms``), and a reader of each that makes blocks of it."""
