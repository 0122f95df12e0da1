"""The folder `.naturecode/` as a user and git see it."""
