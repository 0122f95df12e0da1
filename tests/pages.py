"""Pages that run: the commands of a document, in order, must answer what the document says.

A block ```console holds commands (`ann$ git ...`, in the clone of that person) with their output;
`...` stands for any number of lines, `(exit 1)` after the output for an exit code. A block
```editor is what the next editor is to write: below each line that begins with `>`, the lines that
follow it. Ids, commits and times are patterns: first each is bound, then it stands
for what it was bound to.
"""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from box import Clone
from git_naturecode.__main__ import run

_BLOCK = re.compile(r"^```(console|editor)\n(.*?)^```$(?=\n\n)", re.M | re.S)
_COMMAND = re.compile(r"(\w+)\$ (.*)")
_FREE = re.compile(
    r"(?P<id>(?:review|session|kb)-\d{8}-[0-9a-z]{8})|(?P<hash>\b(?=[a-f]*\d)[0-9a-f]{7,40}\b)"
    r"|(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d)|(?P<day>\d{4}-\d\d-\d\d)"
)
_WRITE = """
import sys
form, said = (open(one, encoding="utf-8").read().split("\\n") for one in sys.argv[:0:-1])
last = None
for line in said[:-1]:
    if line.startswith(">"):
        last = form.index(line)
    else:
        last += 1
        form.insert(last, line)
open(sys.argv[-1], "w", encoding="utf-8").write("\\n".join(form))
"""


@dataclass
class Step:
    """A command of the page, who gives it, what it is to answer; what an editor writes for it."""

    who: str
    command: str
    output: list[str] = field(default_factory=list)
    code: int = 0
    editor: str = ""


def steps(page: str) -> Iterator[Step]:
    """The commands of a page, in their order."""
    editor = ""
    for kind, text in _BLOCK.findall(page):
        if kind == "editor":
            editor = text
            continue
        one: Step | None = None
        for line in text.splitlines():
            told, ended = _COMMAND.fullmatch(line), re.fullmatch(r"\(exit (\d+)\)", line)
            if told:
                if one:
                    yield one
                one, editor = Step(told[1], told[2], editor=editor), ""
            elif ended and one:
                one.code = int(ended[1])
            elif one:
                one.output.append(line)
        if one:
            yield one


@dataclass
class Player:
    """Runs the steps of a page in the clones of its people."""

    clones: Mapping[str, Clone]
    folder: Path
    terminal: Callable[[], None]
    """Makes standard input look like a terminal, so that editors are opened."""
    bound: dict[str, str] = field(default_factory=dict)
    tails: frozenset[str] = frozenset()
    count: int = 0

    def play(self, page: str) -> Iterator[tuple[Step, list[str]]]:
        """Each step with what was answered; raises AssertionError where that is something else."""
        self.terminal()
        self.tails = frozenset(re.findall(r"(?:review|session|kb)-\d{8}-([0-9a-z]{8})", page))
        for step in steps(page):
            lines, code = self.answer(step)
            assert code == step.code, (step.command, lines)
            pattern = "".join(map(self.pattern, step.output))
            found = re.fullmatch(pattern, "".join(f"{one}\n" for one in lines))
            assert found, "\n".join([step.command, *lines, "-- but the page says --", *step.output])
            self.bind(found)
            yield step, lines

    def answer(self, step: Step) -> tuple[list[str], int]:
        """What a command says on both streams, in the order in which it is said, and its end."""
        clone, command = self.clones[step.who], self.real(step.command)
        if step.editor:
            (self.folder / "write.py").write_text(_WRITE)
            (self.folder / "said").write_text(step.editor)
            clone.env["GIT_EDITOR"] = f"{sys.executable} {self.folder}/write.py {self.folder}/said"
        if not command.startswith("git naturecode "):
            done = subprocess.run(
                command, shell=True, cwd=clone.path, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **clone.env},
            )  # fmt: skip
            return done.stdout.splitlines(), done.returncode
        said = io.StringIO()
        with clone.entered(), redirect_stdout(said), redirect_stderr(said):
            code = run(shlex.split(command)[2:])
        return said.getvalue().rstrip("\n").split("\n") if said.getvalue() else [], code

    def real(self, text: str) -> str:
        """`text` with what the ids in it were bound to."""
        for name, value in self.bound.items():
            text = re.sub(rf"(?<![0-9a-z-]){name}(?![0-9a-z-])", value, text)
        return text

    def pattern(self, line: str) -> str:
        """A regular expression for a line of the page."""
        if line.strip() == "...":
            return r"(?:.*\n)*?"
        out, at = [], 0
        text = self.real(line)
        tails = "|".join(self.tails - self.bound.keys()) or "(?!)"
        free = rf"{_FREE.pattern}|(?P<tail>\b(?:{tails})\b)"
        for one in re.finditer(free, text):
            out.append(re.escape(text[at : one.start()]))
            out.append(self._free(one))
            at = one.end()
        return "".join([*out, re.escape(text[at:]), r"\n"])

    def _free(self, one: re.Match[str]) -> str:
        text, kind = one[0], one.lastgroup
        if text in self.bound.values():
            return re.escape(text)
        if kind == "time":
            return r"\d{4}-\d\d-\d\d \d\d:\d\d"
        if kind == "day":
            return r"\d{4}-\d\d-\d\d"
        self.count += 1
        if kind == "tail":
            return "[0-9a-z]{8}"
        shape = (
            rf"{text.partition('-')[0]}-\d{{8}}-[0-9a-z]{{8}}"
            if kind == "id"
            else rf"[0-9a-f]{{{len(text)}}}"
        )
        return f"(?P<n_{text.replace('-', '_')}_{self.count}>{shape})"

    def bind(self, found: re.Match[str]) -> None:
        """Remember what the ids of the page stand for."""
        for group, value in found.groupdict().items():
            name = group.removeprefix("n_").rpartition("_")[0].replace("_", "-")
            self.bound[name] = value
            if name.startswith(("review-", "session-")):
                self.bound[name.rpartition("-")[2]] = value.rpartition("-")[2]
