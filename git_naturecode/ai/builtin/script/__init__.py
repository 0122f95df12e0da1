"""Rules for JavaScript and TypeScript, on tokens."""
