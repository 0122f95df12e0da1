"""Tracing: what is behind a line of a file, from git blame to the message that wrote it."""
