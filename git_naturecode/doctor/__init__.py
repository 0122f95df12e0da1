"""Doctor: looks at everything that can be wrong with a clone, and mends what can be mended."""

from git_naturecode.doctor.case import Case, Finding
from git_naturecode.doctor.visit import LINKS, Report, visit

__all__ = ["LINKS", "Case", "Finding", "Report", "visit"]
