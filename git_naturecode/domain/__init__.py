"""Sessions and what is said in them, folded out of the entries of a log."""
