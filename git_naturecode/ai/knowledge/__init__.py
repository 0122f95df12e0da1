"""Proposals of what is worth keeping in the knowledge base: from sessions, and from code."""
