"""Proposals about sessions that a model or a rule makes, and a person accepts or not."""
