"""Tests with remotes that mean harm."""
