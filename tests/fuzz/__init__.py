"""Programs that feed litwatch hostile bytes for as long as one likes; `make fuzz` runs them, pytest does not."""
