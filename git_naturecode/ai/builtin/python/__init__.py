"""Rules for Python, on syntax trees, also of fragments and of the language's second version."""
