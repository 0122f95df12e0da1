"""Hooks as files: put in front of what is there, brought up to date, and taken out to the byte."""

import os
from contextlib import suppress

from git_naturecode.hooks import shims
from git_naturecode.hooks.shims import SAVED, SHEBANG, Ours, Program

# What other tools call a hook that they find in their place, when they move it aside.
ASIDE = (".old", ".legacy")
KEPT = ".kept"
MISSING, FRESH, OUTDATED, EDITED, CHANGED, FOREIGN, THROUGH = (
    "missing", "installed", "outdated", "edited", "changed", "shadowed", "called",
)  # fmt: skip


def state(folder: str, name: str, program: Program) -> str:
    """How the hook `name` stands in `folder`.

    missing; installed; outdated (another version of ours); edited (somebody's lines are around
    ours); changed (somebody has changed ours); called (another tool moved it aside and runs it);
    shadowed (another tool's is there).
    """
    path = os.path.join(folder, name)
    text = content(path)
    if text is None:
        return MISSING
    ours = shims.read(text)
    if ours is None:
        return THROUGH if _is_called(path, text) else FOREIGN
    if not _is_executable(path) or _block(text, ours) != _fresh(path, name, program):
        return OUTDATED if ours.whole else CHANGED
    return FRESH if ours.alone else EDITED


def install(folder: str, name: str, program: Program) -> str:
    """Put our hook `name` into `folder`, in front of what is there; what was done, or "".

    Done again it changes nothing. Somebody's lines around our block stay. Raises OSError.
    """
    path = os.path.join(folder, name)
    text = content(path)
    ours = None if text is None else shims.read(text)
    if text is not None and ours is None:
        if _is_called(path, text):
            return _refresh(path + ".legacy", name, program)
        _retire(path, text)
        _move_aside(path)
        _write(path, SHEBANG + _fresh(path, name, program))
        return f"{name}: runs {_whose(text, path + SAVED)} first"
    if ours is not None:
        return _refresh(path, name, program)
    _write(path, SHEBANG + _fresh(path, name, program))
    return name


def uninstall(folder: str, name: str) -> str:
    """Take our hook `name` out of `folder`; what there is to say about it, or "".

    What was there before lies there again, byte for byte, with its mode. Lines that somebody has
    added since stay. Raises OSError.
    """
    path = os.path.join(folder, name)
    text = content(path)
    ours = None if text is None else shims.read(text)
    if text is None:
        if os.path.lexists(path + SAVED):
            os.rename(path + SAVED, path)
        return ""
    if ours is None:
        _retire(path, text)
        if os.path.lexists(path + SAVED):
            return f"{path} is not ours any more; what it replaced is kept as {path + SAVED}"
        return ""
    saved = content(path + SAVED) if os.path.lexists(path + SAVED) else None
    if ours.alone:
        said = "" if ours.whole else _keep_copy(path, text)
        if saved is not None or os.path.lexists(path + SAVED):
            os.replace(path + SAVED, path)
        else:
            os.unlink(path)
        return said
    return _leave_theirs(path, name, ours, saved)


def _leave_theirs(path: str, name: str, ours: Ours, saved: bytes | None) -> str:
    said = "" if ours.whole else _keep_copy(path, content(path) or b"")
    middle = b""
    if saved is not None:
        # Under another name, else our next hook would take this one for what it was in front of.
        kept = _free(path + KEPT)
        os.rename(path + SAVED, kept)
        call = shims.chain(name, saved, kept.removeprefix(path))
        middle = f"naturecode_code=0 naturecode_input=\n{call}".encode()
        said = said or (
            f"{path} has lines that somebody added: they stay, and so does the call of {kept}"
        )
    _write(path, ours.before + middle + ours.after)
    return said or f"{path} has lines that somebody added: they stay"


def _keep_copy(path: str, text: bytes) -> str:
    copy = path + ".edited-naturecode"
    _write(copy, text)
    return f"somebody has changed our lines in {path}; a copy is {copy}"


def _fresh(path: str, name: str, program: Program) -> bytes:
    """Our block as it has to be at `path`, where the hook that we moved aside may lie."""
    saved = content(os.path.join(os.path.dirname(path), name) + SAVED)
    return shims.render(name, program, saved)


def _refresh(path: str, name: str, program: Program) -> str:
    text = content(path) or b""
    ours = shims.read(text)
    assert ours is not None
    new = ours.before + _fresh(path, name, program) + ours.after
    if new == text and _is_executable(path):
        return ""
    said = "" if ours.whole else "; " + _keep_copy(path, text)
    _write(path, new)
    return f"{name}: brought up to date{said}"


def _block(text: bytes, ours: Ours) -> bytes:
    return text[len(ours.before) : len(text) - len(ours.after)]


def _is_called(path: str, text: bytes) -> bool:
    """True when pre-commit, which has written `text`, runs ours, which it found there."""
    if shims.framework(text) != shims.PRE_COMMIT:
        return False
    return shims.read(content(path + ".legacy") or b"") is not None


def _retire(path: str, text: bytes) -> None:
    """Ours was moved aside by the tool that wrote `text`: what it replaced is put there instead.

    So it is as if that tool had found the other. What is of the same tool, or the same, was
    replaced by `text` and goes.
    """
    saved = content(path + SAVED)
    replaced = saved is not None and (
        saved == text or shims.framework(saved) == shims.framework(text) != ""
    )
    for aside in (path + end for end in ASIDE):
        if shims.read(content(aside) or b"") is not None:
            if saved is None or replaced:
                os.unlink(aside)
            else:
                os.replace(path + SAVED, aside)
                return
    if replaced:
        os.unlink(path + SAVED)


def _move_aside(path: str) -> None:
    """Keep what is at `path` under another name; there is a hook at every moment."""
    if os.path.lexists(path + SAVED):
        os.rename(path + SAVED, _free(path + SAVED))
    try:
        os.link(path, path + SAVED, follow_symlinks=False)
    except (OSError, NotImplementedError):
        os.rename(path, path + SAVED)


def _free(path: str) -> str:
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = f"{path}-{number}"
    return free


def _whose(text: bytes, path: str) -> str:
    if not _is_executable(path):
        return "nothing (the hook that is there is not executable, and stays so)"
    return shims.framework(text) or "the hook that is there"


def content(path: str) -> bytes | None:
    """The file `path`; None where there is none. A link that leads nowhere is an empty file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b"" if os.path.lexists(path) else None


def _is_executable(path: str) -> bool:
    return os.access(path, os.X_OK)


def _write(path: str, text: bytes) -> None:
    new = os.path.join(os.path.dirname(path), f".naturecode-{os.getpid()}-{os.path.basename(path)}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o777)
        with open(descriptor, "wb") as file:
            file.write(text)
        os.replace(new, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(new)
        raise
