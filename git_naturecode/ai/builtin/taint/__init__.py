"""How untrusted values flow into queries, commands, paths and pages, whatever the language."""
