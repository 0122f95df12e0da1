"""What a change tells by itself, in any language: tests taken out, markers, secrets, locks."""
