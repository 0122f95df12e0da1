"""Publishing: a shared session as a page on a branch of the user's own code, and its push.

Work tree and index of the user stay as they are, but for that one page where the branch is checked
out. What a remote refuses leaves everything here as it was.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.config import Config
from git_naturecode.domain import session as sessions
from git_naturecode.errors import Negative, NotPermitted, Remote, Usage
from git_naturecode.git import branches, remote, tree
from git_naturecode.git.branches import Checkout
from git_naturecode.git.pushed import There
from git_naturecode.git.run import GitFailed
from git_naturecode.redact import Redactor
from git_naturecode.render import document
from git_naturecode.render.show import line
from git_naturecode.store import second_look
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

FOLDER = ".naturecode/sessions"
SUBJECT = "Update collaborative session: "
_NAME = 200  # characters of a session's name in a commit's message
_TRIES = 5
_PAUSE = 0.2


@dataclass(frozen=True)
class Page:
    """A session as it is published: its file, and what was left out of it.

    `private` messages are not shared yet; `found` secrets were seen only now.
    """

    session: str
    name: str
    data: bytes = field(repr=False)
    messages: int
    private: int
    found: int

    @property
    def path(self) -> str:
        """Where it stands on the branch."""
        return f"{FOLDER}/{self.session}.md"

    @property
    def message(self) -> str:
        """What its commit says."""
        name = line(self.name) or "(no title)"
        return SUBJECT + (name if len(name) <= _NAME else name[: _NAME - 1] + "…")


@dataclass
class Published:
    """What was done: the commit ("": nothing new), where it went, and what stayed behind here."""

    branch: str
    remote: str = ""
    commit: str = ""
    pushed: bool = False
    behind: str = ""


Hear = Callable[[str], None]


def page(placed: Sequence[Placed], redactor: Redactor) -> Page:
    """The page of the session that `placed`, all entries about it, add up to.

    Only what is shared is on it, and secrets are looked for again. Raises Negative for a session
    that was deleted or in which nothing was said, NotPermitted for one that is private.
    """
    shared, found = [], 0
    for one in placed:
        if one.side == TEAM:
            entry, more = (
                (one.entry, 0) if one.entry.is_stub else second_look.again(one.entry, redactor)
            )
            shared.append(one._replace(entry=entry))
            found += more
    whole = sessions.build(placed)
    short = ids.tail(whole.id)
    if whole.encrypted and not whole.deleted:
        raise NotPermitted(
            f"{whole.id} is encrypted, and a page of it on a branch would not be",
            f"`git naturecode session export {short} --format markdown` writes a file in the clear",
        )
    if not shared and not whole.deleted:
        raise NotPermitted(
            f"{whole.id} is private: only what is shared is published",
            f"git naturecode session share {short}",
        )
    session = sessions.build(shared or placed)
    if whole.deleted or session.deleted:
        raise Negative(f"{whole.id} was deleted", "what is deleted is not published")
    if not session.messages:
        raise Negative(
            f"nothing was said in {session.id} yet", f"git naturecode session say {short} TEXT"
        )
    there = {one.entry.id for one in placed if one.side == TEAM}
    private = sum(
        one.side == PRIVATE and one.entry.kind == "message" and one.entry.id not in there
        for one in placed
    )
    data = document.text(session).encode("utf-8", "replace")
    if not ids.ENTITY.fullmatch(session.id):
        raise Usage(f"{session.id!r} cannot be the name of a file")
    return Page(session.id, session.name, data, len(session.messages), private, found)


def remote_of(config: Config, branch: str, named: str | None) -> str:
    """The remote that `branch` is pushed to: `named`, else as for `git push`; "" where none is.

    Raises Usage when that is not configured, or when it is another one than what is shared goes to
    and nobody named it: others may read there.
    """
    known = config.remotes()
    usual = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
    told = next((value for key in usual if (value := config.get(key)) not in ("", ".")), "")
    chosen = named or told or remote.choose(config) or ""
    if not chosen:
        return ""
    remote.check_name(chosen, known)
    ours = config.get("naturecode.remote")
    if named is None and ours and chosen != ours:
        raise Usage(
            f"{branch} is pushed to {chosen}, but what is shared here goes to {ours}",
            f"--remote {chosen} if all who can read that may read this; else --no-push",
        )
    return chosen


@dataclass
class Publishing:
    """One page on its way to one branch; `remote` "" leaves it here."""

    store: Store
    page: Page
    branch: str
    remote: str
    hear: Hear

    def plan(self) -> Published:
        """What would be done, as far as that is known without asking the remote."""
        base = self._tip()
        if base is None and self.remote:
            base = self._there.tracked()
        if base is None:
            raise self._no_branch()
        changed = "" if self._is_there(base) else "new"
        return Published(self.branch, self.remote, changed)

    def run(self) -> Published:
        """Make the commit, push it, and move the branch of this clone.

        Raises Negative when the branch is not there or cannot be moved now, Remote when the push
        did not work; then nothing has changed.
        """
        for attempt in range(_TRIES):
            done = self._once()
            if done is not None:
                return done
            time.sleep(_PAUSE * attempt)
        raise Remote(
            f"{self.branch} moved {_TRIES} times while this was published",
            "nothing was changed here; try again later",
        )

    def _once(self) -> Published | None:
        """One attempt; None when the branch has moved on meanwhile, here or there."""
        old = self._tip()
        base = self._base(old)
        if self._is_there(base):
            return Published(self.branch, self.remote)
        here = branches.checkouts(self.store.repo, self.branch, self.store.environ)
        pages = (self._blob(base), branches.blob_of(self.store.repo, self.page.data))
        places = [_Place(one, self.page, *pages) for one in here] if old == base else []
        for place in places:
            place.check()
        commit = branches.commit_file(
            self.store.repo, self.store.team.objects, base, self.page.path, self.page.data,
            self.page.message, self.store.config.flag("commit.gpgSign", False),
        )  # fmt: skip
        done = Published(self.branch, self.remote, commit)
        if self.remote:
            if not self._there.push(commit, self.hear):
                return None
            done.pushed = True
        if old is None or (here and old != base):
            done.behind = self._behind(old)
        elif not self._move(old, commit, places, done):
            return None
        return done

    def _move(self, old: str, commit: str, places: "Sequence[_Place]", done: Published) -> bool:
        """Move the branch of this clone, and with it the page in every work tree that shows it.

        False when it has moved on; what is pushed already then stays behind here.
        """
        try:
            for place in places:
                place.put()
            moved = self.store.team.objects.move(branches.HEADS + self.branch, commit, old)
        except (GitFailed, OSError) as error:
            for place in places:
                place.undo()
            if not done.pushed:
                raise
            done.behind = f"{self.branch} could not be moved here ({error}): git pull"
            return True
        if not moved:
            for place in places:
                place.undo()
            if done.pushed:
                done.behind = self._behind(old)
        return moved or done.pushed

    def _behind(self, old: str | None) -> str:
        if old is None:
            return (
                f"there is no branch {self.branch} here: git fetch, then git switch {self.branch}"
            )
        return f"{self.branch} here is behind now: git pull"

    def _base(self, old: str | None) -> str:
        """The commit on which the page is laid: where the branch is, at the remote if it has it."""
        if not self.remote:
            if old is None:
                raise self._no_branch()
            return old
        there = self._there.tip()
        if there is None:
            raise self._unpushed(old)
        if there == old:
            return there
        objects = self.store.team.objects
        try:
            objects.header(there)
        except LookupError:
            self._there.fetch()
        if old is None or objects.is_ancestor(old, there):
            return there
        if objects.is_ancestor(there, old):
            count = branches.ahead(self.store.repo, there, old)
            many = "1 commit" if count == 1 else f"{count} commits"
            raise Negative(
                f"{self.branch} has {many} that {self.remote} has not",
                f"git push {self.remote} {self.branch} first, or --no-push",
            )
        raise Negative(
            f"{self.branch} here and at {self.remote} have gone apart",
            "bring them together first: git pull; or --no-push",
        )

    def _unpushed(self, old: str | None) -> Negative:
        if old is None:
            return self._no_branch()
        return Negative(
            f"{self.remote} has no branch {self.branch}",
            f"git push -u {self.remote} {self.branch} first, or --no-push",
        )

    def _no_branch(self) -> Negative:
        import difflib

        heads = self.store.team.objects.refs(branches.HEADS)
        known = [ref.removeprefix(branches.HEADS) for ref in heads]
        near = difflib.get_close_matches(self.branch, known, 1)
        first = f"did you mean {near[0]}? else " if near else ""
        return Negative(
            f"there is no branch {self.branch}", f"{first}make it first: git branch {self.branch}"
        )

    @property
    def _there(self) -> There:
        timeout = self.store.config.number("naturecode.timeout", remote.TIMEOUT)
        return There(self.store.repo, self.remote, self.branch, timeout)

    def _tip(self) -> str | None:
        return self.store.team.objects.resolve(branches.HEADS + self.branch)

    def _blob(self, base: str) -> str | None:
        objects = self.store.team.objects
        found = tree.find(objects, tree.tree_of(objects, base), self.page.path)
        return found.oid if found and not found.is_tree else None

    def _is_there(self, base: str) -> bool:
        return self._blob(base) == branches.blob_of(self.store.repo, self.page.data)


class _Place:
    """The page in one work tree where the branch is checked out; `before`, `new` are its blobs."""

    def __init__(self, checkout: Checkout, page: Page, before: str | None, new: str) -> None:
        self._checkout, self._page, self._before, self._new = checkout, page, before, new
        self._file = os.path.join(checkout.path, page.path)
        self._old: bytes | None = None
        self._touched = False

    def check(self) -> None:
        """Raise Negative unless the page can be put there without losing anything of the user's."""
        half = self._checkout.half_done()
        where = self._checkout.path
        if half:
            raise Negative(f"{half} is under way in {where}", "end it first, or publish elsewhere")
        for above in (".naturecode", FOLDER):
            path = os.path.join(where, above)
            if os.path.islink(path) or (os.path.lexists(path) and not os.path.isdir(path)):
                raise Negative(f"{path} is no folder", "move it away first")
        # As it was, or as it shall be: one who was killed before the branch moved left it so.
        good = (self._before, self._new)
        staged = self._checkout.indexed(self._page.path)
        if staged not in [[(blob, "0")] if blob else [] for blob in good]:
            raise self._own("is staged otherwise than it is on the branch")
        found = "" if os.path.islink(self._file) else self._checkout.content(self._page.path)
        if found not in good:
            raise self._own("is not as it is on the branch")

    def _own(self, why: str) -> Negative:
        return Negative(
            f"{self._file} {why}", "commit or take back what you changed there, then publish again"
        )

    def put(self) -> None:
        """Write the page and stage it; raises OSError or GitFailed."""
        self._touched = True
        os.makedirs(os.path.dirname(self._file), exist_ok=True)
        with suppress(FileNotFoundError), open(self._file, "rb") as file:
            self._old = file.read()
        self._write(self._page.data)
        self._checkout.add(self._page.path)

    def undo(self) -> None:
        """Put back what was there before, if it was touched."""
        if not self._touched:
            return
        with suppress(GitFailed):
            self._checkout.restore(self._page.path, self._before)
        with suppress(OSError):
            if self._old is None:
                os.unlink(self._file)
            else:
                self._write(self._old)

    def _write(self, data: bytes) -> None:
        new = f"{self._file}.{os.getpid()}.new"
        try:
            with open(new, "wb") as file:
                file.write(data)
            os.replace(new, self._file)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
            raise
