"""Reviews of git-appraise: taken in from its notes, and given back as such."""

from git_naturecode.appraise.giving import Given, give
from git_naturecode.appraise.taking import Taken, take

__all__ = ["Given", "Taken", "give", "take"]
