"""``python -m litwatch`` is the command line."""

from litwatch.cli import main

main()
