"""Links for anybody: a session as an encrypted page whose key is in the link only."""

from git_naturecode.linksharing.making import Going as Going
from git_naturecode.linksharing.making import Link as Link
from git_naturecode.linksharing.making import kept as kept
from git_naturecode.linksharing.making import make as make
from git_naturecode.linksharing.making import prepare as prepare
