"""The folder `.naturecode/` of a work tree: what shall stand in it, and bringing it there."""
