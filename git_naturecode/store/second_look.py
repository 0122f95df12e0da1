"""Another look for secrets at an entry that is written already: at sharing, and before a purge."""

from git_naturecode.redact import Redactor
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json

# Header keys that the program fills by itself; random ones among them look like secrets.
OURS = frozenset(
    {"id", "at", "by", "kind", "salt", "over", "enc", "sha", "red", "device", "target", "on"}
)


def look(
    entry: Entry, redactor: Redactor
) -> tuple[dict[str, Json], str | None, tuple[str, ...], tuple[str, ...]]:
    """What is left of `entry` without what `redactor` finds in it now.

    Its fields but for OURS, its body, the labels of what was found now, and those of what had
    been taken out of it before. There is nothing to find in what is encrypted, and in the keys of
    an epoch. Raises RedactionFailed.
    """
    if entry.is_sealed or entry.kind == "epoch":
        return {}, entry.body, (), ()
    fields, found = redactor.value({k: v for k, v in entry.header.items() if k not in OURS})
    body, more = (None, ()) if entry.body is None else redactor.text(entry.body)
    known = entry.header.get("red")
    before = tuple(map(str, known)) if isinstance(known, list) else ()
    return fields, body, (*found, *more), before


def again(entry: Entry, redactor: Redactor) -> tuple[Entry, int]:
    """`entry` without what is found in it now, and how much that is; itself when there is none."""
    fields, body, labels, before = look(entry, redactor)
    if not labels:
        return entry, 0
    ours = {key: value for key, value in entry.header.items() if key in OURS}
    return format.make({**fields, **ours, "red": [*before, *labels]}, body), len(labels)
