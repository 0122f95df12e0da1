"""Which failures a command may answer with, and what must have happened before it may."""

import re
from dataclasses import dataclass

from .runner import Done

REPAIR = re.compile(r"run `(git update-ref \S+ [0-9a-f]+)`")


@dataclass(frozen=True)
class Rule:
    """Commands that begin with `verb` may end with `code` saying `said`, after one of `faults`.

    No `faults`: always. `why` is what the report calls it.
    """

    verb: str
    code: int
    said: str
    why: str
    faults: frozenset[str] = frozenset()


def _rule(verb: str, code: int, said: str, why: str, *faults: str) -> Rule:
    return Rule(verb, code, said, why, frozenset(faults))


_REMOTE = ("gone", "drop", "slow", "refusing", "replaced")
RULES = (
    _rule("session", 1, "there is no session", "unknown session"),
    _rule("session", 1, "(there is )?no (message|such message|entry)", "unknown message"),
    _rule("session", 1, "was deleted", "deleted session"),
    _rule("session", 1, "was redacted", "redacted message"),
    _rule("session", 1, "the text is as it was", "nothing new"),
    _rule("session", 5, "may not", "no right"),
    _rule("session invite", 5, "is private", "no right"),
    _rule("kb", 1, "there is no article", "unknown article"),
    _rule("kb", 1, "was (not )?deleted", "deleted article"),
    _rule("kb", 1, "nothing was changed|is called|no article (says|is about)", "nothing new"),
    _rule("kb edit", 3, "", "marked article"),
    _rule("sync", 3, "places? holds? ", "marked article"),
    _rule("kb search", 1, "no match", "nothing found"),
    _rule("redact", 1, "nothing was found", "nothing to purge"),
    _rule("redact", 1, "fits 0 texts", "unknown message"),
    _rule("redact", 1, "there is no (session|message)", "unknown message"),
    _rule("redact", 5, "keys are not here", "not mine to purge"),
    _rule("redact", 4, "taken out here", "remote fault", *_REMOTE),
    _rule("redact", 4, "taken out here.*(too busy|just changed|others are pushing)", "contention"),
    _rule("session search", 1, "nothing was said about", "nothing found"),
    _rule("session share", 1, "nothing to share", "nothing private"),
    _rule("sync", 4, "", "remote fault", *_REMOTE),
    _rule("sync", 4, "is too busy", "contention", "busy"),
    # A hook that was just written cannot be run while a process that is being forked has it open.
    _rule("sync", 4, "hook declined", "contention", "busy"),
    _rule("redact", 4, "taken out here.*hook declined", "contention", "busy"),
    _rule("redact", 4, "taken out here.*is too busy", "contention", "busy"),
    _rule("sync", 4, "(is too busy|has just changed)", "contention"),
    _rule("", 1, "the disk is full", "disk full", "full"),
    _rule("", 1, "No space left on device", "disk full", "full"),
    _rule("sync", 4, "", "disk full", "full"),
    _rule("sync", 3, "", "disk full", "full"),
    _rule("", 1, "another git naturecode is writing here", "busy"),
    _rule("", 1, "is locked by another git process", "ref locked", "fresh-lock", "stale-lock"),
    _rule("", 1, "is missing from this repository", "repair", "prune"),
    _rule("", 1, "cannot be read back", "prune", "prune"),
    _rule("", 1, "git .* failed", "a git of ours was killed", "killed"),
    _rule("", 1, "what was said is kept, but could not be written", "git was killed", "killed"),
    _rule("sync", 4, "", "git was killed", "killed"),
    _rule("doctor", 1, "", "doctor found something"),
)


def refusal(done: Done, felt: set[str]) -> str | None:
    """Why `done` may have failed as it did after the faults `felt`; None when it may not."""
    if done.killed and done.code in (-9, 137):
        return "killed"
    words = " ".join(done.argv)
    for rule in RULES:
        if (
            words.startswith(rule.verb)
            and done.code == rule.code
            and re.search(rule.said, done.err)
            and (not rule.faults or rule.faults & felt)
        ):
            return rule.why
    return None
