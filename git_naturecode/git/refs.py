"""Reading refs straight from their files: as git does, without the price of a process."""

import errno
import os
from collections.abc import Sequence

from git_naturecode.git.repo import Repo

_MOST = 4096  # bytes of a ref's file that are looked at


def resolve(repo: Repo, ref: str, hexsz: int) -> str | None:
    """The commit that the full name `ref` points to, by `refs/...` or `packed-refs`.

    "" when there is no such ref, None when only git can tell (a symbolic ref, reftable). A ref
    that is being packed stands in packed-refs before its own file goes, so this order is safe.
    """
    if repo.ref_format != "files":
        return None
    try:
        with open(os.path.join(repo.common_dir, ref), "rb") as file:
            return _oid(file.read(hexsz + 2).strip(), hexsz)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        pass
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
    try:
        with open(os.path.join(repo.common_dir, "packed-refs"), "rb") as file:
            packed = file.read()
    except FileNotFoundError:
        return ""
    end = packed.find(b" " + ref.encode("utf-8", "surrogateescape") + b"\n")
    return _oid(packed[end - hexsz : end], hexsz) if end >= hexsz else ""


def below(repo: Repo, folders: Sequence[str], hexsz: int) -> dict[str, str] | None:
    """Full name -> commit of all refs in `folders` (`refs/heads/`); None when only git can tell.

    A symbolic ref to one of them is left out, since what it points to is among them. Loose refs
    are read before packed ones: one that is being packed is found in at least one of both.
    """
    if repo.ref_format != "files":
        return None
    loose: dict[str, str] = {}
    for folder in folders:
        for above, _, files in os.walk(os.path.join(repo.common_dir, folder)):
            for name in files:
                if name.endswith(".lock"):
                    continue
                ref = os.path.relpath(os.path.join(above, name), repo.common_dir)
                found = _loose(os.path.join(above, name), folders, hexsz)
                if found is None:
                    return None
                if found:
                    loose[ref] = found
    return {**_packed(repo, folders, hexsz), **loose}


def _loose(path: str, folders: Sequence[str], hexsz: int) -> str | None:
    """What the file of a ref says; "" where it is gone or symbolic within `folders`."""
    try:
        with open(path, "rb") as file:
            said = file.read(_MOST).strip()
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    if said.startswith(tuple(f"ref: {folder}".encode() for folder in folders)):
        return ""
    return _oid(said, hexsz)


def _packed(repo: Repo, folders: Sequence[str], hexsz: int) -> dict[str, str]:
    try:
        with open(os.path.join(repo.common_dir, "packed-refs"), "rb") as file:
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return {}
    wanted = tuple(folder.encode() for folder in folders)
    return {
        os.fsdecode(line[hexsz + 1 :]): line[:hexsz].decode("ascii", "replace")
        for line in lines
        if line.startswith(wanted, hexsz + 1)
    }


def _oid(text: bytes, hexsz: int) -> str | None:
    good = len(text) == hexsz and not text.strip(b"0123456789abcdef")
    return text.decode() if good else None
