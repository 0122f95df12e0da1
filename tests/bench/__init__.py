"""Benchmarks: each budget of DESIGN 15 as a ratio against a peer, measured side by side."""
