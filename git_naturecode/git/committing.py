"""Commits of the user's own, made of a tree that is there: no ref moves, no work tree is asked."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from git_naturecode.errors import Negative
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, tells_of_full_disk


class Author(NamedTuple):
    """Who wrote a change, and when: `date` is seconds and zone, as git takes them."""

    name: str
    mail: str
    date: str


class Wanted(NamedTuple):
    """A commit to be made by the user; `author` where somebody else wrote the change."""

    tree: str
    parents: tuple[str, ...]
    message: str
    author: Author | None = None


def commit(repo: Repo, wanted: Wanted, *, sign: bool) -> str:
    """Make a commit; its id. Raises Negative where git does not know who the user is, or cannot
    sign it, GitFailed when it cannot be written."""
    extra = {}
    if wanted.author:
        name, mail, date = wanted.author
        extra = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": f"@{date}"}
    try:
        return write(repo, wanted.tree, wanted.parents, wanted.message, extra, sign=sign)
    except GitFailed as error:
        raise _told(error, sign) from None


def write(
    repo: Repo, tree: str, parents: Iterable[str], message: str, extra: Mapping[str, str],
    *, sign: bool = False,
) -> str:  # fmt: skip
    """Write the object of a commit, by whom the environment `extra` says; raises GitFailed."""
    options = [*(("-S",) if sign else ()), *(word for one in parents for word in ("-p", one))]
    out = repo.program.run(
        "-c", "i18n.commitEncoding=UTF-8", "commit-tree", *options, "-F", "-", tree,
        data=message.encode("utf-8", "surrogateescape") + b"\n", extra=extra,
    )[1]  # fmt: skip
    return out.decode().strip()


def _told(error: GitFailed, sign: bool) -> Exception:
    """What keeps git from making the commit, where the user can mend it."""
    said = error.stderr
    if "tell me who you are" in said or "empty ident" in said:
        return Negative(
            "git does not know who you are",
            "git config --global user.name NAME; git config --global user.email ADDRESS",
        )
    if not sign or tells_of_full_disk(said):
        return error
    why = [one.removeprefix("error: ").strip() for one in said.split("\n") if one.strip()]
    return Negative(
        f"the commit could not be signed, and nothing was changed: {'; '.join(why[:3])}",
        "see user.signingKey and gpg.format; without a signature for once: "
        "git -c commit.gpgSign=false naturecode and so on",
    )
