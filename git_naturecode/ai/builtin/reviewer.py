"""The reviewer that needs no model: facts, rules for languages, and the linters that are there."""

from collections.abc import Iterator, Sequence

from git_naturecode.ai.builtin import kinds, reading, rules
from git_naturecode.ai.builtin.facts import files, tests
from git_naturecode.ai.builtin.found import MAINTAINABILITY, TESTS, Found
from git_naturecode.ai.builtin.reading import Sheet
from git_naturecode.domain.findings.hit import Change, Hit, Seen
from git_naturecode.domain.findings.model import is_asked
from git_naturecode.git.changes import FileChange

NAME = "builtin"
_MOST = 300  # hits in one file
_GENERATED = "generated: only secrets, hidden characters and merge markers were looked for"


class Builtin:
    """Looks at a change file by file; what it keeps of one are its hits and a few numbers."""

    name = NAME

    def look(self, change: Change) -> Seen:
        """What the rules find in what `change` brings; never raises for what the change holds."""
        try:
            return _Look(change).seen()
        except (MemoryError, RecursionError) as error:
            return Seen(inconclusive=f"the rules failed ({type(error).__name__})", sources=(NAME,))


class _Look:
    """One look at one change."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._hits: list[Hit] = []
        self._covered: set[tuple[str, int]] = set()
        self._skipped: dict[str, str] = {}
        self._moved = tests.Moved()
        self._gone: list[Sheet] = []
        self._locks: list[tuple[str, Sheet]] = []
        self._paths: set[str] = set()

    def seen(self) -> Seen:
        generated = kinds.generated(self._change.old(".gitattributes"))
        for file in self._change.files:
            self._paths.update((file.path, file.old_path))
            try:
                self._file(file, generated)
            except Exception as error:
                # One file that a rule cannot stand is no reason to say nothing of the others.
                self._skipped[file.path] = f"the rules failed on it ({type(error).__name__})"
        self._at_the_end()
        return Seen(tuple(self._hits), frozenset(self._covered), self._skipped, None, (NAME,))

    def _wanted(self, aspect: str) -> bool:
        return is_asked(aspect, self._change.aspects)

    def _file(self, file: FileChange, generated: kinds.Patterns) -> None:
        self._as_such(file)
        if file.submodule or file.binary:
            self._skipped[file.path] = "a submodule" if file.submodule else "binary"
            return
        sheet = reading.sheet(file, self._change, generated)
        lost = rules.too_long(sheet)
        by_line = [*rules.of_lines(sheet, self._wanted)]
        self._take(sheet.path, by_line)
        looked = rules.of_language(sheet, lambda: reading.before(file, self._change), self._wanted)
        told = {(one.line, one.cwe) for one in by_line if one.cwe}
        self._take(sheet.path, (one for one in looked.found if (one.line, one.cwe) not in told))
        self._keep(sheet)
        why = looked.lost or lost
        if file.cut:
            why = "too large: only the first hunks were looked at"
        elif sheet.kind.is_generated and file.status != "D":
            why = _GENERATED
        if why:
            self._skipped[sheet.path] = why
        self._covered.update((sheet.path, number) for number, _ in enumerate(file.hunks, 1))

    def _as_such(self, file: FileChange) -> None:
        size = None
        if file.binary and file.status != "D":
            data = self._change.new(file.path)
            size = None if data is None else len(data)
        first = next((one.new for one in file.hunks if one.new_count), 0)
        for found in files.look(file, size):
            if self._wanted(found.aspect):
                self._hit(file.path, found._replace(line=first, end=first))

    def _keep(self, sheet: Sheet) -> None:
        """What is only to be judged when all files are known."""
        if sheet.kind.is_test and self._wanted(TESTS):
            self._moved.note(sheet)
            if any(True for _ in tests.names(sheet.removed)):
                self._gone.append(sheet._replace(text=None, added={}, change=_bare(sheet.change)))
            elif weaker := tests.weakened(sheet):
                self._hit(sheet.change.old_path, weaker, "old")
        if files.is_manifest_or_lock(sheet.path):
            self._locks.append((sheet.path, sheet._replace(text=None, change=_bare(sheet.change))))

    def _at_the_end(self) -> None:
        for sheet in self._gone:
            for found in tests.taken_out(sheet, self._moved):
                self._hit(sheet.change.old_path, found, "old")
        if self._wanted(MAINTAINABILITY):
            changed = frozenset(self._paths)
            for path, found in files.locks(self._locks, changed, self._is_there):
                self._hit(path, found)

    def _is_there(self, path: str) -> bool:
        return self._change.new(path) is not None

    def _take(self, path: str, found: Sequence[Found] | Iterator[Found]) -> None:
        for number, one in enumerate(found):
            if number >= _MOST:
                self._skipped[path] = f"more than {_MOST} findings in one file"
                return
            self._hit(path, one)

    def _hit(self, path: str, found: Found, side: str = "new") -> None:
        self._hits.append(
            Hit(
                found.rule, found.severity, found.confidence, found.message, path, side,
                found.line, found.end, found.suggestion, found.aspect, NAME, found.cwe,
            )
        )  # fmt: skip


def _bare(file: FileChange) -> FileChange:
    return file._replace(hunks=())
