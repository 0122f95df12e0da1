"""What a change does to files as such: large ones, programs, locks that no longer fit."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from git_naturecode.ai.builtin.found import MAINTAINABILITY, SECURITY, Found
from git_naturecode.ai.builtin.reading import Sheet
from git_naturecode.git.changes import FileChange

_LARGE_TEXT, _LARGE = 20_000, 1 << 20  # lines, bytes
_MODE, _EXECUTABLE = 0o777, 0o111
_SUFFIXES = re.compile(
    r"\.(?:md|rst|txt|json|ya?ml|toml|ini|cfg|conf|css|scss|html?|xml|svg|png|jpe?g|gif|ico|csv|lock|c|h"
    r"|cc|cpp|hpp|java|go|rs|ts|tsx|kt|swift|sql)$",
    re.I,
)
_JUNK = re.compile(
    r"(?:^|/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|__pycache__/.*|.*\.py[co]|.*\.orig|.*\.rej|.*~|\.env"
    r"|.*\.sw[op]|id_rsa|id_ed25519|.*\.(?:pem|p12|pfx|keystore|jks))$"
)
# A manifest, the locks that follow it, and the part of it that they follow.
_FOLLOWS: dict[str, tuple[tuple[str, ...], "re.Pattern[str]"]] = {
    "package.json": (
        ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb",
         "bun.lock"),
        re.compile(r"^\s*\"[@\w./-]+\"\s*:\s*\"(?:[\^~<>=*v\d]|workspace:|npm:|git|file:|https?:)"),
    ),
    "pyproject.toml": (
        ("poetry.lock", "uv.lock", "pdm.lock"),
        re.compile(r"^\s*[\"'][\w.\[\],-]+\s*(?:[<>=!~;@].*)?[\"']\s*,?\s*(?:#.*)?$|^\s*[\w.-]+\s*=\s*(?:[\"'][\^~<>=*\d]|\{.*version)"),
    ),
    "Pipfile": (("Pipfile.lock",), re.compile(r"^\s*[\w.\"-]+\s*=\s*[\"'{]")),
    "Cargo.toml": (("Cargo.lock",), re.compile(r"^\s*[\w-]+\s*=\s*(?:\"[\^~<>=*\d]|\{.*version)")),
    "go.mod": (("go.sum",), re.compile(r"^\s*(?:require\s+)?[\w.-]+\.[\w.-]+/\S+\s+v\d")),
    "composer.json": (("composer.lock",), re.compile(r"^\s*\"[\w.-]+/[\w.-]+\"\s*:\s*\"")),
    "Gemfile": (("Gemfile.lock",), re.compile(r"^\s*gem\s+[\"']")),
}  # fmt: skip


def look(file: FileChange, size: int | None) -> Iterator[Found]:
    """What there is to say of `file` as a whole; `size` is that of its new content in bytes.

    Line 1 is where it stands: the first line that the difference shows.
    """
    if file.status == "D" or file.submodule:
        return
    is_new = file.status in "AT"
    if is_new and _JUNK.search(file.path):
        yield _found(
            "unwanted-file", "medium", 0.7,
            "This file belongs to one machine or one tool, or holds keys, and hardly into the "
            "repository. Ignore it.", MAINTAINABILITY,
        )  # fmt: skip
    if size is not None and size > _LARGE and (is_new or file.binary):
        yield _found(
            "large-file", "medium", 0.7,
            f"The file has {size / (1 << 20):.1f} MiB, which every clone will carry for good. Keep "
            "it elsewhere, or with Git LFS.", MAINTAINABILITY,
        )  # fmt: skip
    elif file.binary and is_new:
        yield _found(
            "binary-file", "low", 0.5,
            "A binary file, whose changes nobody can read, gets into the history.", MAINTAINABILITY,
        )  # fmt: skip
    elif file.added > _LARGE_TEXT:
        yield _found(
            "large-file", "low", 0.6,
            f"{file.added} new lines in one file are more than anybody reads. Generate it when it "
            "is needed, or mark it as generated.", MAINTAINABILITY,
        )  # fmt: skip
    if _made_executable(file) and _SUFFIXES.search(file.path):
        yield _found(
            "made-executable", "low", 0.7,
            "The file is made executable, though it is no program by its name.", SECURITY,
        )  # fmt: skip
    elif file.old_mode and _made_executable(file):
        yield _found("made-executable", "low", 0.4, "The file is made executable.", SECURITY)


def _made_executable(file: FileChange) -> bool:
    is_file = file.new_mode & 0o170000 == 0o100000
    was = bool(file.old_mode & _EXECUTABLE) and file.old_mode & 0o170000 == 0o100000
    return is_file and bool(file.new_mode & _EXECUTABLE) and not was


def locks(
    sheets: Iterable[tuple[str, Sheet]], changed: frozenset[str], is_there: Callable[[str], bool]
) -> Iterator[tuple[str, Found]]:
    """Manifests whose lock no longer fits, and locks that changed by themselves, by their paths.

    `sheets` are the manifests and locks among the files, `changed` the paths of all of them.
    """
    for path, sheet in sheets:
        folder, name = posixpath.split(path)
        if name in _FOLLOWS:
            yield from _manifest(path, sheet, folder, name, changed, is_there)
        else:
            yield from _lock(path, sheet, folder, name, changed, is_there)


def is_manifest_or_lock(path: str) -> bool:
    """True for the files that `locks` is about."""
    name = posixpath.basename(path)
    return name in _FOLLOWS or any(name in names for names, _ in _FOLLOWS.values())


def _manifest(
    path: str, sheet: Sheet, folder: str, name: str, changed: frozenset[str],
    is_there: Callable[[str], bool],
) -> Iterator[tuple[str, Found]]:  # fmt: skip
    names, wanted = _FOLLOWS[name]
    paths = [posixpath.join(folder, one) for one in names]
    lines = [number for number, text in sheet.added.items() if wanted.search(text[:500])]
    if not lines or sheet.change.status == "A" or any(one in changed for one in paths):
        return
    there = next((one for one in paths if is_there(one)), None)
    if there is not None:
        lock = posixpath.basename(there)
        yield path, _found(
            "lock-behind", "medium", 0.65,
            f"What is needed changes here, and `{lock}` does not follow: others will get something "
            "else. Update the lock.", MAINTAINABILITY, lines[0],
        )  # fmt: skip


def _lock(
    path: str, sheet: Sheet, folder: str, name: str, changed: frozenset[str],
    is_there: Callable[[str], bool],
) -> Iterator[tuple[str, Found]]:  # fmt: skip
    manifest = next(one for one, (names, _) in _FOLLOWS.items() if name in names)
    whole = posixpath.join(folder, manifest)
    if sheet.change.status != "M" or whole in changed or not is_there(whole) or not sheet.added:
        return
    yield path, _found(
        "lock-alone", "low", 0.4,
        f"The lock changes, and `{manifest}` does not. See that this is an update that is meant.",
        MAINTAINABILITY, next(iter(sheet.added)),
    )  # fmt: skip


def _found(
    rule: str, severity: str, sure: float, message: str, aspect: str, line: int = 1
) -> Found:
    return Found(f"nc/{rule}", severity, sure, message, line, line, aspect=aspect)
