"""Pushing one commit to a branch of the user's own, as his `git push` would: with his hooks."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from git_naturecode.errors import Remote
from git_naturecode.git import complaints
from git_naturecode.git.branches import HEADS, as_the_user
from git_naturecode.git.remote import Link, Refused
from git_naturecode.git.repo import Repo

_HOOK = "pre-push"


@dataclass(frozen=True)
class There:
    """A branch of a remote."""

    repo: Repo
    remote: str
    branch: str
    timeout: float

    def tip(self) -> str | None:
        """Where the remote has it now, in one request; raises Remote."""
        link = Link(self.repo, self.remote, self.timeout)
        return link.list_refs([HEADS + self.branch]).get(HEADS + self.branch)

    def tracked(self) -> str | None:
        """Where it was when it was last seen."""
        ref = f"refs/remotes/{self.remote}/{self.branch}"
        out = self.repo.program.run("rev-parse", "--verify", "--quiet", ref, check=False)[1]
        return out.decode().strip() or None

    def fetch(self) -> None:
        """Bring its commits; raises Remote."""
        status, _, err = self.repo.program.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            "--end-of-options", self.remote, HEADS + self.branch,
            check=False, extra=_silent(),
        )  # fmt: skip
        if status:
            raise complaints.unreachable(self.remote, err)

    def push(self, commit: str, hear: Callable[[str], None]) -> bool:
        """Push `commit`; False when the branch has moved on; `hear` gets what hooks and remote say.

        Raises Refused when the remote or a hook of the user says no, Remote when it is not reached.
        """
        status, out, err = as_the_user(self.repo).run(
            "push", "--porcelain", "--end-of-options", self.remote,
            f"{commit}:{HEADS}{self.branch}", check=False, extra=_silent(),
        )  # fmt: skip
        answers = [one for one in out.decode("utf-8", "replace").split("\n") if one[:1] == "!"]
        said = [one for one in err.split("\n") if one and not one.startswith(("To ", "hint: "))]
        if status and answers and all(map(complaints.moved_on, answers)):
            return False
        for one in said:
            hear(one)
        if not status:
            return True
        if answers:
            raise Refused(
                f"{self.remote} refused the push: {answers[0].split(chr(9))[-1]}",
                "nothing was changed here; a protected branch takes it by a pull request: "
                "publish to a branch of your own",
            )
        if _is_hook(self.repo, err):
            raise Refused(
                f"your {_HOOK} hook stopped the push", "nothing was changed here; mend what it says"
            )
        return self._in_spite_of(commit, complaints.unreachable(self.remote, err))

    def _in_spite_of(self, commit: str, lost: Remote) -> bool:
        """True when the remote has `commit` all the same: only its answer was lost; else `lost`."""
        try:
            there = self.tip()
        except Remote:
            raise Remote(
                lost.message, f"nothing was changed here; if {self.remote} has taken it all the "
                f"same, git fetch {self.remote} shows it; then run it again",
            ) from None  # fmt: skip
        if there != commit:
            raise Remote(lost.message, "nothing was changed here nor there; run it again")
        return True


def _is_hook(repo: Repo, err: str) -> bool:
    """True when a push ended without a word of git's own about the remote, and there is a hook."""
    said = [one for one in err.split("\n") if one.startswith("fatal:")]
    where = as_the_user(repo).text("rev-parse", "--git-path", f"hooks/{_HOOK}")
    top = as_the_user(repo).cwd
    return not said and os.access(os.path.join(top, where), os.X_OK)


def _silent() -> dict[str, str]:
    """Nobody is asked where nobody is."""
    return {} if os.isatty(0) and sys.stderr.isatty() else {"GIT_TERMINAL_PROMPT": "0"}
