"""Moving a branch of the user's to a commit on top of it, and with it the work tree that shows it.

By compare-and-swap: whoever else has moved the branch meanwhile is not undone.
"""

from collections.abc import Mapping
from contextlib import suppress

from git_naturecode.errors import Negative
from git_naturecode.git import hooked
from git_naturecode.git.branches import HEADS, Checkout, as_the_user, checkouts, is_name
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed


class Landing:
    """The branch `branch`, its `tip`, and the work tree in which it is checked out, if in one.

    Raises Negative where there is no such branch, or that work tree is at something else.
    """

    def __init__(self, repo: Repo, branch: str, environ: Mapping[str, str]) -> None:
        self.repo, self.branch = repo, branch
        self.ref = HEADS + branch
        self.tip = self.now() if is_name(branch) else ""
        self._is_there = False
        if not self.tip:
            raise Negative(
                f"there is no branch {branch} in this clone",
                f"make it as your remote has it: git branch {branch} origin/{branch}",
            )
        places = checkouts(repo, branch, environ)
        if len(places) > 1:
            raise Negative(
                f"{branch} is checked out in {len(places)} work trees",
                "switch all but one of them to another branch",
            )
        self.place: Checkout | None = places[0] if places else None

    def now(self) -> str:
        """Where the branch stands now; "" for nowhere."""
        args = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.ref}^{{commit}}")
        return self.repo.program.run(*args, check=False)[1].decode().strip()

    def check(self, new: str = "") -> None:
        """Raise Negative unless the work tree can be brought along (to `new`) without a loss.

        It may be at `new` already: one who was killed before the branch moved left it so.
        """
        if self.place is None:
            return
        if half := self.place.half_done():
            raise Negative(f"{half} is under way in {self.place.path}", "end it first")
        # As git merge does: files that were only touched are not in the way.
        self.place.program.run("update-index", "-q", "--refresh", check=False)
        args = ("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
        self._is_there = False
        if self.place.program.run(*args)[1]:
            self._is_there = bool(new) and self._shows(self.place, new)
            if not self._is_there:
                raise Negative(
                    f"{self.branch} is checked out in {self.place.path}, with changes that are not "
                    "committed",
                    "commit them or put them aside (git stash), or switch to another branch there",
                )
        if new and not self._is_there:
            self._read(self.place, self.tip, new, "-n")

    def _shows(self, place: Checkout, new: str) -> bool:
        """True when index and files are those of commit `new`, and nothing besides."""
        for args in (("diff-files", "--quiet"), ("diff-index", "--cached", "--quiet", new, "--")):
            if place.program.run(*args, check=False)[0]:
                return False
        return True

    def move(self, new: str, why: str) -> bool:
        """Move the branch from its tip to `new`, and the work tree; False when it had moved on.

        Raises Negative as `check` does, GitFailed where it cannot be moved; then all is as before.
        """
        self.check(new)
        try:
            if self.place is not None and not self._is_there:
                self._read(self.place, self.tip, new)
            moved = self._swap(new, why)
        except BaseException:  # also where somebody stops it
            self._back(new)
            raise
        if not moved:
            self._back(new)
        return moved

    def _swap(self, new: str, why: str) -> bool:
        args = ("update-ref", "-m", why, self.ref, new, self.tip)
        status, _, err = as_the_user(self.repo).run(*args, check=False, extra={"NATURECODE": "0"})
        if status and self.now() == self.tip:
            raise GitFailed(args, status, err)
        return status == 0

    def _back(self, new: str) -> None:
        """Take the work tree back to how it was, unless the branch is there after all."""
        if self.place is not None and self.now() != new:
            with suppress(Negative):
                self._read(self.place, new, self.tip)

    def _read(self, place: Checkout, old: str, new: str, *options: str) -> None:
        """Bring index and files from commit `old` to `new`; files that git does not know stay."""
        args = ("read-tree", *options, "-m", "-u", old, new)
        status, _, err = place.program.run(*args, check=False)
        if status:
            said = err.strip().split("\n")
            raise Negative(
                f"{place.path} cannot be brought along: "
                + "; ".join(one.removeprefix("error: ").strip() for one in said[:3]),
                "move what is in the way, or switch to another branch there",
            )

    def tell(self) -> str:
        """Run the hook post-merge where the branch is checked out; what it said if it failed."""
        return hooked.after_merge(self.repo, self.place.path) if self.place else ""
