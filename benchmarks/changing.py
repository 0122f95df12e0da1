"""Changes made of texts, as git would tell of them, without a repository."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from git_naturecode.domain.findings.hit import Change
from git_naturecode.git.changes import CONTEXT, FileChange, Hunk

EVERY_ASPECT = ("security", "performance", "maintainability")
_FILE = 0o100644


def changed(
    path: str, before: str | None, after: str | None, *, mode: int = _FILE, old_mode: int = _FILE
) -> FileChange:
    """What git says of `path` that held `before` and holds `after` (None: it is not there)."""
    old, new = _lines(before), _lines(after)
    status = "A" if before is None else "D" if after is None else "M"
    hunks = tuple(_hunks(old, new))
    raw = [line for hunk in hunks for line in hunk.raw]
    return FileChange(
        status, path, "" if before is None else path, 0 if before is None else old_mode,
        0 if after is None else mode, "", "",
        added=sum(line.startswith(b"+") for line in raw),
        removed=sum(line.startswith(b"-") for line in raw), hunks=hunks,
    )  # fmt: skip


def change(
    before: Mapping[str, str | bytes],
    after: Mapping[str, str | bytes],
    *,
    files: Iterable[FileChange] | None = None,
    aspects: tuple[str, ...] = EVERY_ASPECT,
) -> Change:
    """The change from the files `before` to the files `after`, by their paths."""
    if files is None:
        paths = sorted({*before, *after})
        files = [
            changed(path, _text(before, path), _text(after, path))
            for path in paths
            if before.get(path) != after.get(path)
        ]
    return Change(
        files, lambda path: _bytes(before, path), lambda path: _bytes(after, path),
        "0" * 40, "1" * 40, "", "", "", aspects,
    )  # fmt: skip


def _lines(text: str | None) -> list[bytes]:
    if not text:
        return []
    lines = text.encode("utf-8", "surrogateescape").split(b"\n")
    return lines[:-1] if not lines[-1] else lines


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[Hunk]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        raw: list[bytes] = []
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                raw += [b" " + line for line in old[old_from:old_to]]
                continue
            raw += [b"-" + line for line in old[old_from:old_to]]
            raw += [b"+" + line for line in new[new_from:new_to]]
        (_, o1, _, n1, _), (_, _, o2, _, n2) = group[0], group[-1]
        yield Hunk(o1 + (o2 > o1), o2 - o1, n1 + (n2 > n1), n2 - n1, "", tuple(raw))


def _text(files: Mapping[str, str | bytes], path: str) -> str | None:
    found = files.get(path)
    return found.decode("utf-8", "surrogateescape") if isinstance(found, bytes) else found


def _bytes(files: Mapping[str, str | bytes], path: str) -> bytes | None:
    found = files.get(path)
    return found.encode("utf-8", "surrogateescape") if isinstance(found, str) else found
