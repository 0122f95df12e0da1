"""The ways to reach a model, one file for each."""
