"""Trust: what this clone signs, and whom and what it believes of what others have signed."""

from git_naturecode.trusting.writing import append, sign, signed

__all__ = ["append", "sign", "signed"]
