"""Linters of others that are used where they are installed: bandit, ruff, detect-secrets."""
