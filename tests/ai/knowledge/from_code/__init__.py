"""Documentation out of code, by structure."""
