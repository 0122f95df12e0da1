"""Reading a ref straight from its file: as git does, without the price of a process."""

import os

from git_naturecode.git.repo import Repo


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
    try:
        with open(os.path.join(repo.common_dir, "packed-refs"), "rb") as file:
            packed = file.read()
    except FileNotFoundError:
        return ""
    end = packed.find(b" " + ref.encode("utf-8", "surrogateescape") + b"\n")
    return _oid(packed[end - hexsz : end], hexsz) if end >= hexsz else ""


def _oid(text: bytes, hexsz: int) -> str | None:
    good = len(text) == hexsz and not text.strip(b"0123456789abcdef")
    return text.decode() if good else None
