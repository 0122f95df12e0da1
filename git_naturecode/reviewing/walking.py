"""Following files and their lines from commit to commit, where one leads to the other."""

from collections.abc import Sequence

from git_naturecode.domain.matching import Block
from git_naturecode.domain.review.carried import Edit, agreed, onward
from git_naturecode.git.changes import FileChange
from git_naturecode.git.repo import Repo
from git_naturecode.git.steps import MOST_NAMED, renames, steps, way

_MOST = 2_000  # commits; over more of them only the two ends are compared


class Steps:
    """What the commits from `old` to `new` do to the files `wanted`, paths in `old`.

    `moved` are those of them that are not at their path any more, and `paths` tells where they
    are; one that no commit moved is not in it. Raises GitFailed where that is more than git may
    say.
    """

    def __init__(
        self, repo: Repo, old: str, new: str, wanted: Sequence[str], moved: Sequence[str]
    ) -> None:
        self.paths = {path: path for path in moved}
        names = dict.fromkeys(wanted)
        commits = way(repo, old, new, _MOST)
        for before, after in renames(repo, commits) if moved else ():
            for path, now in self.paths.items():
                if now == before:
                    self.paths[path] = after
                    names[after] = None
        if len(names) > MOST_NAMED:
            commits = []
        there = steps(repo, commits, list(names))
        back = steps(repo, commits, list(names), back=True)
        self._steps = list(zip(there, back, strict=True))
        self.paths = {path: now for path, now in self.paths.items() if now != path}

    def blocks(self, path: str, path_now: str, lines: Sequence[str]) -> list[Block] | None:
        """Those of `lines`, of the file `path`, that are in `path_now`; None: not followed.

        In each step two differences have to agree, one made forwards and one made backwards: where
        they keep different lines with the same text, nobody can tell which one was left.
        """
        if not self._steps:
            return None
        found, now = [(0, 0, len(lines))], path
        for files, back in self._steps:
            change = next((one for one in files if one.old_path == now), None)
            if change is None:
                continue
            taken_back = next((one for one in back if one.old_path == change.path), None)
            if taken_back is None or not (_can_follow(change) and _can_follow(taken_back)):
                return []
            exchanged = [(new, come, old, gone) for old, gone, new, come in edits_of(taken_back)]
            found = agreed(onward(found, edits_of(change)), onward(found, exchanged))
            now = change.path
        return found if now == path_now else None


def _can_follow(change: FileChange) -> bool:
    return change.status in ("M", "R") and not change.binary and not change.cut


def edits_of(change: FileChange) -> list[Edit]:
    """The hunks of `change`, made without context, as numbers from 0."""
    return [
        (
            hunk.old - 1 if hunk.old_count else hunk.old, hunk.old_count,
            hunk.new - 1 if hunk.new_count else hunk.new, hunk.new_count,
        )
        for hunk in change.hunks
    ]  # fmt: skip
