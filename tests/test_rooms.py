"""The rooms of DESIGN 2: imports only go down, one door to git, small files with a first line."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import git_naturecode

PACKAGE = "git_naturecode"
ROOT = Path(git_naturecode.__file__).parent
FLOORS = (
    ("errors", "ids", "clock", "config", "trace"),
    ("git",),
    ("crypto", "redact"),
    ("store",),
    ("domain",),
    ("render",),
    (
        "sync", "hooks", "ai", "bridges", "live", "capture", "importing", "sharing", "setup",
        "status", "background", "folder", "purging", "forking", "doctor", "collaborative",
        "autosync", "hiding", "linking", "agents", "resuming", "publishing", "tracing", "identity",
        "trusting", "teaming", "sealed", "linksharing", "reviewing", "appraise", "ci", "kb",
    ),
    ("cli", "web", "mcp"),
)  # fmt: skip
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
GROUND, FACES = 0, len(FLOORS) - 1
# What stands above all rooms: the program itself, which opens the faces and catches failures.
PROGRAM = "__main__"
SIDEWAYS = {
    ("importing", "capture"): "an import writes down what capture reads",
    ("agents", "capture"): "agents write the transcripts that capture reads",
    ("agents", "importing"): "what they say is imported as they go on",
    ("background", "agents"): "what hooks have asked for is taken in",
    ("background", "folder"): "one process does what nobody waits for, the folder too",
    ("background", "kb"): "how often articles were looked at is said once a day",
    ("kb", "folder"): "an edit of a file in the folder becomes entries",
    ("status", "kb"): "files of articles that were edited wait, or cannot be taken in",
    ("kb", "teaming"): "what the others would hold back is not written",
    ("kb", "sealed"): "what this clone may read of encrypted sessions is found, too",
    ("sync", "kb"): "files and notes follow the articles, and travel with them",
    ("kb", "reviewing"): "lines that an article is about are followed as those of a comment",
    ("setup", "kb"): "a clone shows the notes of articles before its first sync",
    ("doctor", "kb"): "what is derived from articles is compared with them",
    ("sync", "reviewing"): "notes on commits follow the reviews, and travel with them",
    ("autosync", "sync"): "an automatic sync is a sync",
    ("sealed", "trusting"): "whose device is whose is in the trust log",
    ("sync", "sealed"): "devices that a sync brings get their keys by it",
    ("sync", "linking"): "links and notes travel together, and notes follow the links",
    ("purging", "kb"): "the file of an article whose text is purged is made anew",
    ("purging", "trusting"): "a purge is a signed line",
    ("trusting", "identity"): "the first line of a device says whose it is",
    ("status", "trusting"): "which team is trusted, and what is kept out",
    ("doctor", "trusting"): "a key that was used in two places is told",
    ("sync", "trusting"): "what this clone wrote is signed before it travels",
    ("sync", "hiding"): "a redaction that comes in reaches forks that it did not know",
    ("linking", "agents"): "an agent that was at work may have written the commit",
    ("status", "linking"): "commits that hooks have noted wait to be linked",
    ("background", "linking"): "what hooks have noted becomes links, and notes follow",
    ("background", "hiding"): "the same where plain git brought it",
    ("setup", "hooks"): "init installs the hooks that cost no commit anything",
    ("doctor", "identity"): "a device that nobody certifies is told",
    ("doctor", "hooks"): "a hook that another tool has replaced is told, and put back",
    ("setup", "trusting"): "a device that gets another certificate says so",
    ("setup", "identity"): "init links the device to the key of its person",
    ("setup", "linking"): "a clone shows the notes on commits before its first sync",
    ("setup", "sync"): "init takes in what was fetched before it",
    ("doctor", "sync"): "what a killed sync left, and what one remembers, is looked at",
    ("tracing", "agents"): "who is at work on a line that is not committed yet",
    ("tracing", "linking"): "what is behind a line is the session that its commit is linked to",
    ("linking", "capture"): "which message wrote which line is in the transcripts",
    ("doctor", "linking"): "links that are missing are found again, notes made right",
    ("teaming", "trusting"): "what a team is stands in signed lines, and acts on it are signed",
    ("teaming", "identity"): "who joins does so with the key that certifies his devices",
    ("sync", "teaming"): "the pages of a team follow its signed lines",
    ("linking", "teaming"): "a link that the others would hold back is not written",
    ("reviewing", "teaming"): "whose verdict counts is what the team says of him",
    ("reviewing", "linking"): "what a merge makes of commits belongs to the sessions of these",
    ("doctor", "reviewing"): "what is derived from reviews is compared with them",
    ("ci", "ai"): "a job has a change looked at, and what a model wrote does nothing when posted",
    ("ci", "reviewing"): "how a job ended is noted where merge rules look",
    ("ci", "bridges"): "what was found is posted on a forge",
    ("doctor", "background"): "what failed behind the scenes is told",
}
ONLY_GIT = frozenset({"pygit2", "subprocess"})
STARTERS = {
    ("ai.processes", "subprocess"): "linters and a model of the user's own are programs, and no git"
}
MOST_LINES = 400


@cache
def parsed(source: str) -> ast.Module:
    """The syntax tree of a text."""
    return ast.parse(source)


@cache
def imports(source: str, module: str, *, is_package: bool = False) -> tuple[tuple[int, str], ...]:
    """Line and full name of everything that `source`, the text of `module`, imports."""
    return tuple(_imports(source, module, is_package))


def _imports(source: str, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                keep = len(parts) - node.level + is_package
                base = ".".join([*parts[:keep], *([base] if base else [])])
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def wrong(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """The imports in `source`, the text of `module`, that go up, sideways or past the door."""
    room = _room(module)
    for number, name in imports(source, module, is_package=is_package):
        top = name.split(".")[0]
        is_starter = (module.partition(".")[2], top) in STARTERS
        if top in ONLY_GIT and room != "git" and not is_starter:
            yield f"{module}:{number} imports {top}, which only git/ may"
        if top != PACKAGE:
            continue
        below = _room(name)
        if below in ("", "__version__", room) or room in ("", PROGRAM):
            continue
        if below not in FLOOR:
            yield f"{module}:{number} imports {name}, which stands on no floor"
        elif not _may(room, below):
            yield f"{module}:{number} imports {name}: {room} may not know {below}"


def _may(room: str, below: str) -> bool:
    if FLOOR[below] == GROUND or (room, below) in SIDEWAYS:
        return True
    return FLOOR[below] < FLOOR[room]


def _room(module: str) -> str:
    """The folder or file directly below the package ("" for the package itself)."""
    return [*module.split("."), ""][1]


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = [PACKAGE, *path.relative_to(ROOT).with_suffix("").parts]
        yield path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_only_go_down() -> None:
    for path, module in _modules():
        is_package = path.name == "__init__.py"
        assert not list(wrong(path.read_text(), module, is_package=is_package))


def test_every_module_stands_on_a_floor() -> None:
    rooms = {_room(module) for _, module in _modules()} - {"", PROGRAM}
    assert rooms <= FLOOR.keys()


def test_each_exception_is_still_needed() -> None:
    used = {
        (_room(module), _room(name))
        for path, module in _modules()
        for _, name in imports(path.read_text(), module, is_package=path.name == "__init__.py")
        if name.startswith(PACKAGE)
    }
    assert set(SIDEWAYS) <= used


def test_every_module_begins_with_a_sentence() -> None:
    for path, module in _modules():
        text = ast.get_docstring(parsed(path.read_text()))
        if path.name == "__init__.py" and not path.read_text():
            continue
        assert text, f"{module} does not say what lives there"
        first = text.split("\n")[0]
        assert first.endswith((".", ":")), f"{module}: {first!r} is no sentence"
        assert path.read_text().startswith('"""'), f"{module} has something above its first line"


def test_no_file_is_two_things() -> None:
    for path, module in _modules():
        assert len(path.read_text().splitlines()) <= MOST_LINES, module


def test_a_planted_wrong_arrow_is_found() -> None:
    def found(text: str, module: str) -> list[str]:
        return list(wrong(text, f"{PACKAGE}.{module}"))

    assert found("from git_naturecode.store import log\n", "git.repo")
    assert found("from git_naturecode import sync\n", "store.store")
    assert found("from ..render import show\n", "domain.session")
    assert found("def f():\n    import git_naturecode.cli.app\n", "sync")
    assert found("from git_naturecode import sharing\n", "sync")
    assert found("from git_naturecode.crypto import keys\n", "redact.own")
    assert found("import git_naturecode.novel\n", "cli.app")
    assert found("import subprocess\n", "store.lock")
    assert found("from pygit2.enums import FileMode\n", "sync")
    assert found("import subprocess\n", "ai.keys")
    assert found("import pygit2\n", "ai.processes")
    assert found("from git_naturecode import store, cli\n", "domain.fold") == [
        "git_naturecode.domain.fold:1 imports git_naturecode.cli: domain may not know cli"
    ]


def test_the_right_arrows_pass() -> None:
    def found(text: str, module: str) -> list[str]:
        return list(wrong(text, f"{PACKAGE}.{module}"))

    assert not found("from git_naturecode import errors, ids, sync\n", "cli.clone")
    assert not found("import subprocess, pygit2\nfrom .objects import Change\n", "git.library")
    assert not found("from git_naturecode import sync\n", "setup")
    assert not found("import subprocess\n", "ai.processes")
    assert not found("from git_naturecode import __version__\n", "trace")
