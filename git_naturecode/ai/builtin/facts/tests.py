"""What a change does to tests: takes them out, skips them, empties them, or goes without any."""

import re
from collections import Counter
from collections.abc import Iterator

from git_naturecode.ai.builtin.found import TESTS, Found
from git_naturecode.ai.builtin.kinds import PYTHON, SCRIPT
from git_naturecode.ai.builtin.reading import Sheet

_TEST = re.compile(
    r"^\s*(?:(?:async\s+)?def\s+(test\w*)\s*\(|(?:it|test|describe)(?:\.\w+)?\s*\(\s*[\"'`](.{1,80}?)[\"'`]"
    r"|func\s+(Test\w+)\s*\(|#\[(test)\]|@(Test)\b)"
)
_SKIPPED = {
    PYTHON: re.compile(
        r"@(?:pytest\.mark\.(?:skip|xfail)\b|unittest\.(?:skip|expectedFailure)\b|skip\b)"
        r"|\bpytest\.(?:skip|xfail)\(|self\.skipTest\(|raise\s+(?:unittest\.)?SkipTest"
    ),
    SCRIPT: re.compile(
        r"\b(?:it|test|describe)\.(?:skip|todo)\s*\(|\b(?:xit|xdescribe|xtest)\s*\("
    ),
    ".go": re.compile(r"\bt\.Skip(?:f|Now)?\("),
    ".rs": re.compile(r"#\[ignore\b"),
    ".java": re.compile(r"@(?:Ignore|Disabled)\b"),
}
_ONLY = re.compile(r"\b(?:it|test|describe|context)\.only\s*\(|\b(?:fit|fdescribe)\s*\(")
_CONDITION = re.compile(r"skip(?:if|unless)", re.I)
_ASSERTS = re.compile(r"\bassert\w*\b|\bexpect\s*\(|\bself\.(?:assert|fail)\w*\(|\brequire\.\w+\(")


class Moved:
    """Tests that the whole change adds: one that comes elsewhere was moved, not taken out."""

    def __init__(self) -> None:
        self._added: Counter[str] = Counter()

    def note(self, sheet: Sheet) -> None:
        """Take note of the tests that `sheet` adds."""
        self._added.update(names(sheet.added))

    def is_there(self, name: str) -> bool:
        """True when a test called `name` was added; each is counted once."""
        if not self._added[name]:
            return False
        self._added[name] -= 1
        return True


def names(lines: dict[int, str]) -> Iterator[str]:
    """The names of the tests that begin on `lines`."""
    for text in lines.values():
        if found := _TEST.match(text[:300]):
            yield next(group for group in found.groups() if group)


def look(sheet: Sheet) -> Iterator[Found]:
    """New lines of a test that keep it, or others, from being run."""
    if not sheet.kind.is_test:
        return
    key = sheet.kind.language or "." + sheet.name.rpartition(".")[2]
    skipped = _SKIPPED.get(key)
    for number, whole in sheet.added.items():
        text = whole[:1000]
        if skipped is not None and skipped.search(text) and not _CONDITION.search(text):
            yield _found(
                number, "test-skipped", "medium", 0.75,
                "A test is no longer run. Mend it, or say by when it will be.",
            )  # fmt: skip
        elif sheet.kind.language == SCRIPT and _ONLY.search(text):
            yield _found(
                number, "test-only", "high", 0.85,
                "Only this test of the file is run; all others are passed over. Take `only` out.",
            )  # fmt: skip


def taken_out(sheet: Sheet, moved: Moved) -> Iterator[Found]:
    """Tests that `sheet` takes out; the lines are those before the change."""
    if not sheet.kind.is_test:
        return
    for number, text in sheet.removed.items():
        found = _TEST.match(text[:300])
        if not found:
            continue
        name = next(group for group in found.groups() if group)
        if not moved.is_there(name):
            yield _found(
                number, "test-removed", "medium", 0.7,
                f"The test `{name.replace('`', '')}` is taken out. Say why nothing needs it any "
                "longer.",
            )  # fmt: skip


def weakened(sheet: Sheet) -> Found | None:
    """Fewer assertions than before in a test file whose number of tests is the same."""
    if not sheet.kind.is_test or not sheet.removed or sheet.change.status == "D":
        return None
    if len([*names(sheet.added)]) != len([*names(sheet.removed)]):
        return None
    gone = [n for n, text in sheet.removed.items() if _ASSERTS.search(text[:1000])]
    come = sum(1 for text in sheet.added.values() if _ASSERTS.search(text[:1000]))
    if len(gone) - come < 2:
        return None
    return _found(
        gone[0], "fewer-assertions", "low", 0.5,
        f"{len(gone)} assertions go and {come} come: the tests may say less than before.",
    )  # fmt: skip


def _found(line: int, rule: str, severity: str, sure: float, message: str) -> Found:
    return Found(f"nc/{rule}", severity, sure, message, line, line, aspect=TESTS)
