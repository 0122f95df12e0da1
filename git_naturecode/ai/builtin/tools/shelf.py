"""A temporary folder with the files of a change for linters, under names that mean nothing."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.kinds import PYTHON
from git_naturecode.ai.builtin.reading import Sheet
from git_naturecode.ai.builtin.tools import tool
from git_naturecode.ai.builtin.tools.bandit import BANDIT
from git_naturecode.ai.builtin.tools.detect_secrets import DETECT_SECRETS
from git_naturecode.ai.builtin.tools.ruff import RUFF

TOOLS = (BANDIT, RUFF, DETECT_SECRETS)
_MOST = 64 << 20  # bytes of all files


class Outcome(NamedTuple):
    """What one linter did: what it found, by sheet; or why it said nothing.

    One that was given nothing, since the change brings nothing for it, has found nothing.
    """

    name: str
    source: str = ""
    found: tuple[tuple[Sheet, Found], ...] = ()
    failed: str = ""


class Shelf:
    """Takes the files as they come; the linters then see them all at once."""

    def __init__(
        self, environ: Mapping[str, str], wanted: tool.Wanted, tools: Sequence[tool.Tool] = TOOLS
    ) -> None:
        self._environ, self._wanted = environ, wanted
        found = [(one, tool.find(one, environ)) for one in tools]
        self._there = [installed for _, installed in found if installed is not None]
        self.absent = tuple(one.name for one, installed in found if installed is None)
        self._folder = tempfile.TemporaryDirectory(prefix="naturecode-", ignore_cleanup_errors=True)
        self._sheets: dict[str, Sheet] = {}
        self._left = _MOST
        self.is_full = False
        for name in ("whole", "lines", "empty"):
            os.mkdir(os.path.join(self._folder.name, name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._folder.cleanup()

    def put(self, sheet: Sheet) -> None:
        """Lay `sheet` down for the linters that are there, if it is for any."""
        if not sheet.added or sheet.kind.is_generated:
            return
        name = f"f{len(self._sheets)}"
        is_python = sheet.kind.language == PYTHON and sheet.text is not None
        if is_python and any(one.tool.python for one in self._there):
            self._write("whole", f"{name}.py", sheet.text or "", sheet)
        if any(not one.tool.python for one in self._there):
            self._write("lines", f"{name}.txt", _with_gaps(sheet.added), sheet)

    def _write(self, folder: str, name: str, text: str, sheet: Sheet) -> None:
        data = text.encode("utf-8", "replace")
        if len(data) > self._left:
            self.is_full = True
            return
        self._left -= len(data)
        with open(os.path.join(self._folder.name, folder, name), "wb") as file:
            file.write(data)
        numbers = dict.fromkeys(sheet.added, "")
        self._sheets[name] = sheet._replace(
            text=None, added=numbers, removed={}, change=sheet.change._replace(hunks=())
        )

    def outcomes(self) -> Iterator[Outcome]:
        """What each of the linters says of what was put here."""
        with ThreadPoolExecutor(len(TOOLS)) as side_by_side:
            yield from (one for one in side_by_side.map(self._outcome, self._there) if one)

    def _outcome(self, installed: tool.Installed) -> Outcome | None:
        """What one of them says; None where it has nothing to say of what is wanted."""
        folder = self._path("whole" if installed.tool.python else "lines")
        name = installed.tool.name
        if not os.listdir(folder):
            return Outcome(name, name) if installed.tool.args(self._wanted) is not None else None
        try:
            said = tool.run(installed, folder, self._wanted, self._environ, self._path("empty"))
        except (tool.ToolFailed, OSError) as error:
            return Outcome(name, failed=str(error))
        return Outcome(name, said[0], tuple(self._of_sheets(said[1]))) if said else None

    def _path(self, name: str) -> str:
        return os.path.join(self._folder.name, name)

    def _of_sheets(self, told: tool.Told) -> Iterator[tuple[Sheet, Found]]:
        """What was told of new lines, on those of them that the change shows."""
        for name, sheet in self._sheets.items():
            for found in told.get(name, ()):
                if any(line in sheet.added for line in range(found.line, found.end + 1)):
                    span = sheet.span(found.line, found.end)
                    if span:
                        yield sheet, found._replace(line=span[0], end=span[1])


def _with_gaps(added: dict[int, str]) -> str:
    """The new lines on the lines where they stand, between empty ones."""
    lines: list[str] = []
    for number, text in added.items():
        lines += [""] * (number - 1 - len(lines))
        lines.append(text)
    return "\n".join(lines) + "\n"
