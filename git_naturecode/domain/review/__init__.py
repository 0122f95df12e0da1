"""Code reviews: what their entries add up to, and the rules of who and what may pass; pure."""
