"""The private repository: whole, and reachable by no push, bundle or clone of the other one."""

import os
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import ERROR, Case, Finding
from git_naturecode.git.repo import open_private


def private(case: Case) -> Iterator[Finding]:
    """That git can open it, and that nothing leads into it or out of it."""
    if not os.path.isdir(case.private_dir):
        return
    why = _unusable(case)
    if why:
        yield Finding(
            ERROR,
            f"{case.private_dir} is damaged ({why}): private sessions cannot be read",
            fix="sets its HEAD and configuration aside and makes them anew; objects and logs stay",
            mend=lambda: _remake(case),
        )
        return
    yield from _own_remotes(case)
    yield from _alternates(case)
    for name in case.config.remotes():
        for url in case.config.all(f"remote.{name}.url"):
            if _inside(case, url.removeprefix("file://")):
                yield Finding(
                    ERROR,
                    f"the remote {name} is the private repository of this clone: private "
                    "sessions and shared ones would be mixed",
                    fix="removes that remote",
                    mend=partial(_remove_remote, case, name),
                )


def _unusable(case: Case) -> str:
    """Why git cannot open it, in git's words; "" when it can."""
    if not os.path.exists(os.path.join(case.private_dir, "HEAD")):
        return "it has no HEAD"
    program = case.store.private.repo.program
    status, _, err = program.run("rev-parse", "--git-dir", check=False)
    said = err.strip().split("\n")[-1].removeprefix("fatal: ")
    return (said or f"git says {status}") if status else ""


def _remake(case: Case) -> None:
    for name in ("HEAD", "config"):
        path = os.path.join(case.private_dir, name)
        if os.path.lexists(path):
            os.replace(path, path + ".damaged")
    made = open_private(case.private_dir, case.environ, case.repo)
    made.program.run("config", "core.logAllRefUpdates", "true")
    case.reload()


def _own_remotes(case: Case) -> Iterator[Finding]:
    program = case.store.private.repo.program
    out = program.run("config", "--local", "--name-only", "--get-regexp", r"^remote\.", check=False)
    names = {line.split(".", 1)[1].rsplit(".", 1)[0] for line in out[1].decode().split()}
    for name in sorted(names):
        yield Finding(
            ERROR,
            f"the private repository has a remote ({name}): a push from there would publish "
            "what is private",
            fix="removes that remote",
            mend=partial(program.run, "config", "--local", "--remove-section", f"remote.{name}"),
        )


def _alternates(case: Case) -> Iterator[Finding]:
    """Objects of ours as an alternate of the user's repository would leave with its next push."""
    path = os.path.join(case.repo.common_dir, "objects", "info", "alternates")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
    except OSError:
        return
    base = os.path.join(case.repo.common_dir, "objects")
    good = [line for line in lines if not _inside(case, os.path.join(base, line))]
    if good != lines:
        yield Finding(
            ERROR,
            f"{path} names the private repository: a bundle or push could take private "
            "sessions along",
            fix="takes that line away",
            mend=lambda: _write(path, good),
        )


def _inside(case: Case, path: str) -> bool:
    real, private = os.path.realpath(path), os.path.realpath(case.private_dir)
    return real == private or real.startswith(private + os.sep)


def _write(path: str, lines: list[str]) -> None:
    if not any(lines):
        os.unlink(path)
        return
    with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines))
    os.replace(path + ".new", path)


def _remove_remote(case: Case, name: str) -> None:
    case.repo.program.run("config", "--local", "--remove-section", f"remote.{name}")
    case.reload()
