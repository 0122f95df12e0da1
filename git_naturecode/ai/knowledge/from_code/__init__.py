"""What code says of itself, as documentation for whoever is new: read by structure, never run."""
