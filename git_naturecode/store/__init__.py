"""The record: entries in segments on a branch, found, written, joined and purged."""
