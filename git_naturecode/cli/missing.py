"""What is said of an argument that was left out: what it is, and where one finds it."""

from git_naturecode.errors import Usage

_CALLED = {
    "session": "a session's id", "review": "a review's id", "thread": "a thread",
    "comment": "a comment", "message": "a message", "reaction": "a reaction",
    "place": "a place in a file", "file": "a file", "path": "a file", "name": "a name",
    "query": "something to search for", "who": "somebody's address or name",
    "member": "somebody's address or name", "email": "an e-mail address", "role": "a role",
    "key": "the name of a setting", "value": "a value", "team": "a team's name or id",
    "device": "a device", "wanted": "an id", "finding": "a finding",
    "id": "the id of an article or a session", "target": "what to link to",
    "paths": "a file or folder",
    "article": "an article's slug or id", "slug": "a name for files and the command line",
    "revision": "a revision", "revisions": "one or more revisions",
    "forge": "the name of a forge", "thing": "an article, or what articles are about",
}  # fmt: skip
_FOUND = {
    "session": "git naturecode session list", "review": "git naturecode review list",
    "device": "git naturecode device list", "wanted": "git naturecode quarantine list",
    "team": "git naturecode team show", "article": "git naturecode kb list",
}  # fmt: skip
"""The command that shows from what one has to choose; for the others what help says of them."""


def missing(name: str, is_option: bool, about: str, command: str) -> Usage:
    """The error for the argument or option `name` that `command` was not given; help calls it
    `about`."""
    what = f"--{name.replace('_', '-')}" if is_option else _CALLED.get(name, name.upper())
    if not is_option and name in _FOUND:
        return Usage(f"{what} is needed", f"{_FOUND[name]} shows them; see `{command} --help`")
    return Usage(f"{what} is needed", f"{about.rstrip('.')}; see `{command} --help`".lstrip("; "))
