"""Reviews as services: what is reviewed, saying things about it, following it, merging it."""
