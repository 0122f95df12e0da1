"""Reports for other tools: what was found in a change, in the formats that they read."""
