"""The knowledge base: what articles are, how their entries add up, how their texts are merged."""
