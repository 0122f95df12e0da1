"""Settings: ours that make no sense, git's that endanger what is written, the exclude."""

import os
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import DAY, ERROR, WARNING, Case, Finding, inside
from git_naturecode.errors import Usage
from git_naturecode.git import tree, worktree
from git_naturecode.git.objects import Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.store import exclude
from git_naturecode.store.log import README
from git_naturecode.store.place import NAME
from git_naturecode.store.store import DEFAULT_BRANCH

# The least that each may be.
_NUMBERS = {"timeout": 1, "maxNewFiles": 1, "maxNewBytes": 1, "folderDays": 0}
_FLAGS = ("syncOnPush", "autoSync", "background", "folder", "hooks", "capture")
_TRAILERS = ("always", "never")
_BRANCH = "naturecode.branch"
# How long something that nobody points to has to stay: a text is drained into objects first.
_EXPIRIES = ("gc.pruneExpire", "gc.reflogExpire", "gc.reflogExpireUnreachable")
_MANY_LOOSE = 6700  # where git itself would begin to think of a clean-up


def values(case: Case) -> Iterator[Finding]:
    """Those of ours: numbers, flags, the data branch, the remote."""
    for name, least in _NUMBERS.items():
        yield from _number(case, f"naturecode.{name}", least)
    for name in _FLAGS:
        try:
            case.config.flag(f"naturecode.{name}", True)
        except Usage as error:
            yield _unset(case, f"naturecode.{name}", error.message)
    trailer = case.config.get("naturecode.trailer", "always")
    if trailer not in _TRAILERS:
        yield _unset(
            case, "naturecode.trailer", f"naturecode.trailer is {trailer!r}, not always or never"
        )
    yield from _branch(case)
    known, remote = case.config.remotes(), case.config.get("naturecode.remote")
    if remote and remote not in known:
        names = ", ".join(known) or "none"
        yield _unset(
            case,
            "naturecode.remote",
            f"naturecode.remote is {remote!r}, and there is no "
            f"such remote (there are: {names}): nothing can be synced",
        )


def _number(case: Case, key: str, least: int) -> Iterator[Finding]:
    try:
        if case.config.number(key, least) < least:
            yield _unset(case, key, f"{key} is {case.config.get(key)}, less than {least}")
    except Usage as error:
        yield _unset(case, key, error.message)


def _branch(case: Case) -> Iterator[Finding]:
    name = case.config.get(_BRANCH, DEFAULT_BRANCH)
    try:
        ref = f"refs/heads/{case.store.branch}"
    except Usage as error:
        yield _unset(case, _BRANCH, error.message)
        return
    if name == DEFAULT_BRANCH or not case.set_up:
        return
    usual = f"refs/heads/{DEFAULT_BRANCH}"
    if _is_code(case, ref):
        yield _unset(
            case,
            _BRANCH,
            f"naturecode.branch is {name!r}, a branch of code: "
            "what is said would be committed to it",
        )
    elif not _existed(case, ref) and _existed(case, usual) and not _is_code(case, usual):
        yield _unset(
            case,
            _BRANCH,
            f"naturecode.branch is {name!r}, which is not there; "
            f"the record is on {DEFAULT_BRANCH!r}",
        )


def _existed(case: Case, ref: str) -> bool:
    """True when `ref` is there in any state, or was."""
    common = case.repo.common_dir
    traces = (os.path.join(common, ref), os.path.join(common, "logs", ref))
    return any(map(os.path.isfile, traces)) or case.store.team.objects.resolve(ref) is not None


def _is_record(case: Case, ref: str) -> bool:
    try:
        objects = case.store.team.objects
        root = tree.tree_of(objects, objects.resolve(ref))
        said = tree.read_path(objects, root, "README.md") or b""
        return said.startswith(README[:14].encode()) or tree.find(objects, root, "log") is not None
    except (Missing, GitFailed):
        return False


def _is_code(case: Case, ref: str) -> bool:
    try:
        objects = case.store.team.objects
        head = objects.resolve(ref)
        is_commit = head is not None and objects.header(head)[0] == "commit"
        return is_commit and not _is_record(case, ref)
    except (Missing, GitFailed):
        return False


def _unset(case: Case, key: str, text: str) -> Finding:
    """A finding about the setting `key`, which goes away where it is this repository's own."""
    scope = next((s for s, _ in reversed(case.config.values.get(_as_listed(key), ()))), "")
    if scope != "local":
        return Finding(ERROR, text, f"git config --{scope or 'global'} --unset-all {key}")
    return Finding(
        ERROR,
        text,
        fix="takes this setting away, so that the usual value holds",
        mend=lambda: change(case, "--unset-all", key),
    )


def _as_listed(key: str) -> str:
    section, _, name = key.partition(".")
    return f"{section}.{name.lower()}"


def change(case: Case, *args: str) -> None:
    """Change this repository's own configuration, and read it again."""
    case.repo.program.run("config", "--local", *args)
    case.reload()


def of_git(case: Case) -> Iterator[Finding]:
    """Those of git under which a clean-up takes away what is just being written."""
    for key in _EXPIRIES:
        yield from _expiry(case, key)
    kept = case.config.get("core.logAllRefUpdates", "true").lower()
    if kept in ("false", "no", "off", "0"):
        yield Finding(
            WARNING,
            "core.logAllRefUpdates is off: git keeps no way back to where a branch was",
            fix="switches it on in this repository",
            mend=lambda: change(case, "core.logAllRefUpdates", "true"),
        )
    for repo in case.repositories():
        loose = 256 * len(inside(os.path.join(repo.common_dir, "objects", "17")))
        if loose < _MANY_LOOSE or (repo is case.repo and case.config.get("gc.auto", "1") != "0"):
            continue
        yield Finding(
            WARNING,
            f"about {loose} loose objects in {repo.common_dir}: every command slows down",
            fix="packs them with `git gc`",
            mend=partial(repo.program.run, "gc", "--quiet"),
        )


def _expiry(case: Case, key: str) -> Iterator[Finding]:
    value = case.config.get(key)
    if not value or value == "never":
        return
    status, out, err = case.repo.program.run("config", "--type=expiry-date", key, check=False)
    if status:
        said = err.strip().split("\n")[-1]
        yield Finding(
            WARNING,
            f"{key} is {value!r}, which git cannot read: {said}",
            f"git config {key} 2.weeks.ago",
        )
        return
    seconds = case.now_ms() / 1000 - int(out)
    if int(out) and seconds < DAY:
        yield Finding(
            WARNING,
            f"{key} is {value!r}: a `git gc` at the wrong moment takes away what was just "
            "written (it would be put back from the journal, which lasts a day)",
            fix="sets it to 2.weeks.ago in this repository",
            mend=lambda: change(case, key, "2.weeks.ago"),
        )


def excludes(case: Case) -> Iterator[Finding]:
    """The folder of a work tree is for reading: git must not offer to add it."""
    top = case.repo.work_tree
    if top is None or not os.path.isdir(os.path.join(top, NAME)):
        return
    if worktree.tracked(case.repo, NAME) or worktree.ignores(case.repo, NAME):
        return  # code that tracks files there wants to see them
    by_hand = exclude.is_there(case.repo)
    yield Finding(
        WARNING,
        f"{NAME}/ is not ignored: `git status` and `git add .` see the folder, and nothing is "
        "written there",
        "a line with `!` in an exclude or .gitignore asks for it; take that line away"
        if by_hand
        else "",
        fix="" if by_hand else "adds it to .git/info/exclude",
        mend=None if by_hand else lambda: exclude.ensure(case.repo),
    )
