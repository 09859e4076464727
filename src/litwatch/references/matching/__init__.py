"""Whether a record is the paper that a reference names, and how surely: the judge of every look-up."""
