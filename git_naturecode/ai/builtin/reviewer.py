"""The reviewer that needs no model: facts, rules for languages, and the linters that are there."""

from collections.abc import Iterator, Mapping, Sequence

from git_naturecode.ai.builtin import kinds, reading, rules
from git_naturecode.ai.builtin.facts import files, tests
from git_naturecode.ai.builtin.found import MAINTAINABILITY, TESTS, Found
from git_naturecode.ai.builtin.reading import Sheet
from git_naturecode.ai.builtin.tools.shelf import Shelf
from git_naturecode.domain.findings.hit import Change, Hit, Seen
from git_naturecode.domain.findings.model import is_asked
from git_naturecode.git.changes import FileChange

NAME = "builtin"
SWITCH = "NATURECODE_LINTERS"  # 0 in the environment: none is started
# Classes by which linters name what rules of ours name otherwise.
_SAME = {"CWE-259": "CWE-798", "CWE-94": "CWE-79", "CWE-20": "CWE-502", "CWE-319": "CWE-295"}
_MOST_NOTES = 20
_MOST = 300  # hits in one file
_GENERATED = "generated: only secrets, hidden characters and merge markers were looked for"


class Builtin:
    """Looks at a change file by file; what it keeps of one are its hits and a few numbers.

    Linters are looked for and started in the environment `environ`; without one, or where that
    switches them off, they are not.
    """

    name = NAME

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ

    def look(self, change: Change) -> Seen:
        """What the rules find in what `change` brings; never raises for what the change holds."""
        try:
            if self._environ is None or self._environ.get(SWITCH) == "0":
                return _Look(change).seen()
            with Shelf(self._environ, lambda one: is_asked(one, change.aspects)) as shelf:
                return _Look(change, shelf).seen()
        except (MemoryError, RecursionError) as error:
            return Seen(inconclusive=f"the rules failed ({type(error).__name__})", sources=(NAME,))


class _Look:
    """One look at one change."""

    def __init__(self, change: Change, shelf: Shelf | None = None) -> None:
        self._change, self._shelf = change, shelf
        self._hits: list[Hit] = []
        self._covered: set[tuple[str, int]] = set()
        self._skipped: dict[str, str] = {}
        self._moved = tests.Moved()
        self._gone: list[Sheet] = []
        self._locks: list[tuple[str, Sheet]] = []
        self._paths: set[str] = set()
        self._sources, self._notes = [NAME], list[str]()

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
        if self._shelf is not None:
            self._ask_linters(self._shelf)
        return Seen(
            tuple(self._hits), frozenset(self._covered), self._skipped, None,
            tuple(self._sources), tuple(self._notes),
        )  # fmt: skip

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
        if self._shelf is not None and file.status != "D":
            self._shelf.put(sheet)
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
                self._of_file(file.path, found._replace(line=first, end=first))

    def _of_file(self, path: str, found: Found) -> None:
        """A finding where the difference shows a line; what is said of a file without any is a
        note."""
        if found.line:
            self._hit(path, found)
        elif len(self._notes) < _MOST_NOTES:
            self._notes.append(f"{path}: {found.message}")

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

    def _ask_linters(self, shelf: Shelf) -> None:
        """What the linters find that no rule of ours has found on the same line."""
        known = {(hit.path, hit.line, hit.cwe) for hit in self._hits if hit.cwe}
        for outcome in shelf.outcomes():
            if outcome.failed:
                self._notes.append(f"{outcome.name} says nothing: {outcome.failed}")
                continue
            if not shelf.is_full:  # who saw a part of it has not looked for what was there before
                self._sources.append(outcome.source)
            for sheet, found in outcome.found:
                cwe = _SAME.get(found.cwe, found.cwe)
                if (sheet.path, found.line, cwe) not in known:
                    self._hit(sheet.path, found, source=outcome.source)
                    known.add((sheet.path, found.line, cwe or found.rule))
        if shelf.absent:
            names = ", ".join(shelf.absent)
            self._notes.append(
                f"{names}: not installed; `pip install 'git-naturecode[reviewers]'` adds them"
            )
        if shelf.is_full:
            self._notes.append("the change is too large for the linters: they saw a part of it")

    def _is_there(self, path: str) -> bool:
        return self._change.new(path) is not None

    def _take(self, path: str, found: Sequence[Found] | Iterator[Found]) -> None:
        for number, one in enumerate(found):
            if number >= _MOST:
                self._skipped[path] = f"more than {_MOST} findings in one file"
                return
            self._hit(path, one)

    def _hit(self, path: str, found: Found, side: str = "new", source: str = NAME) -> None:
        self._hits.append(
            Hit(
                found.rule, found.severity, found.confidence, found.message, path, side,
                found.line, found.end, found.suggestion, found.aspect, source, found.cwe,
            )
        )  # fmt: skip


def _bare(file: FileChange) -> FileChange:
    return file._replace(hunks=())
