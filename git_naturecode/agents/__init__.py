"""Agents: AI tools at work in a work tree, whose sessions are taken in as they go on."""
