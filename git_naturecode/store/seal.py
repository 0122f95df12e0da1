"""The line `Seal:` of a commit: which purges its whole history obeys (DESIGN 5)."""

from git_naturecode.git.objects import Missing, Objects, parse_commit

_KEY = "Seal:"


def message(subject: str, records: frozenset[str]) -> str:
    """A commit message of ours: `subject` and the seal."""
    return f"{subject}\n\n{' '.join((_KEY, *sorted(records)))}\n"


def of(objects: Objects, commit: str | None) -> frozenset[str]:
    """The records that `commit` and all before it obey.

    A commit without the line is not ours: it has what all its parents have, none at a root.
    """
    while commit is not None:
        try:
            info = parse_commit(objects.read(commit)[1])
        except Missing:  # beyond the border of a shallow clone
            return frozenset()
        for line in reversed(info.message.split("\n")):
            if line.startswith(_KEY):
                return frozenset(line[len(_KEY) :].split())
        if len(info.parents) > 1:
            return frozenset.intersection(*(of(objects, p) for p in info.parents))
        commit = info.parents[0] if info.parents else None
    return frozenset()
