"""Bridges: what is said here, said on a forge as well, by its own interface."""
