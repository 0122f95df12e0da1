"""Redaction: secrets are taken out of a text before anything else sees it."""

from .own import own_secrets
from .redactor import RedactionFailed, Redactor
from .spans import LABEL
from .work_tree import of_work_tree

__all__ = ["LABEL", "RedactionFailed", "Redactor", "of_work_tree", "own_secrets"]
