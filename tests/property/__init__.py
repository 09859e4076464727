"""Laws that hold for all inputs, sought out by hypothesis."""
