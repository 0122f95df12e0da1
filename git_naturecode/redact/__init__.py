"""Redaction: secrets are taken out of a text before anything else sees it."""

from .own import own_secrets
from .redactor import RedactionFailed, Redactor
from .spans import LABEL

__all__ = ["LABEL", "RedactionFailed", "Redactor", "own_secrets"]
