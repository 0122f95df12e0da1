"""What analyses find in a change: findings, what becomes of them over its states, their entries."""
