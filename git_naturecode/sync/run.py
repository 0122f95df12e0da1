"""One sync from its beginning to its end: ask, fetch, join, push, and the outbox at last."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from git_naturecode.errors import Remote, Unsafe, Usage
from git_naturecode.git import remote, tree
from git_naturecode.git.objects import RefLocked
from git_naturecode.git.remote import Link, Push, Refused, Vanished
from git_naturecode.git.run import GitFailed
from git_naturecode.store import forgetting, reconcile, seal
from git_naturecode.store.reconcile import Reconciled
from git_naturecode.store.store import Store
from git_naturecode.sync import incoming
from git_naturecode.sync.gate import PATIENCE, admit, take_in

OUTBOX = "refs/naturecode/outbox/"
DIRECT_TRIES = 3
_BACK_OFF = 0.2
_MAX_OUTBOXES = 100
_LOOK = "?"  # in place of a tip that the fetch itself will tell
_OUTBOX = re.compile(r"refs/naturecode/outbox/([0-9a-hjkmnp-tv-z]{16})/([0-9a-f]{40,64})")
_KEEP_WORKING = "nothing was taken in from it; you can go on working here"

Tell = Callable[[str], None]
Outboxes = dict[str, str]


@dataclass
class Outcome:
    """What a sync did: how many files came and went, what stayed out, how it ended."""

    remote: str
    state: str = "in step"
    received: int = 0
    sent: int = 0
    tries: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def choose_remote(store: Store, named: str | None) -> str | None:
    """The remote to sync with: `named`, the one fixed at `init`, `origin`, or the only one."""
    return remote.choose(store.config, named)


def sync(
    store: Store, name: str, tell: Tell, sleep: Callable[[float], None] = time.sleep
) -> Outcome:
    """Take in, join, push; retried while others push too, then left in the outbox.

    Raises Remote when the remote cannot be reached or refuses, Unsafe when what it has cannot be
    taken in; nothing said here is lost then.
    """
    return _Sync(store, name, tell, sleep).run()


@dataclass
class _Sync:
    """One run of `sync`."""

    store: Store
    name: str
    tell: Tell
    sleep: Callable[[float], None]

    def __post_init__(self) -> None:
        seconds = self.store.config.number("naturecode.timeout", remote.TIMEOUT)
        if seconds < 1:
            raise Usage(f"naturecode.timeout is {seconds}, not a number of seconds")
        self.log = self.store.team
        self.link = Link(self.store.repo, self.name, seconds)
        self.outcome = Outcome(self.name)
        self.stale = False  # the remote's branch, and so a ref of ours, was older than a purge

    def run(self) -> Outcome:
        """All rounds, and what a purge that came in leaves to do in this clone."""
        self.store.settle(PATIENCE)
        self.outcome.problems += admit(self.store)
        incoming.forget_dead(self.store)
        try:
            return self._rounds()
        finally:
            if self.stale or forgetting.is_behind(self.store):
                held = forgetting.forget(self.store)
                self.outcome.problems += [f"{ref} still holds purged texts" for ref in held]

    def _rounds(self) -> Outcome:
        """All rounds, and the outbox at last."""
        for attempt in range(DIRECT_TRIES):
            self.outcome.tries = attempt + 1
            if self._once(again=attempt > 0):
                return self.outcome
            if attempt + 1 < DIRECT_TRIES:
                self.tell(f"others are pushing to {self.name} too; trying again")
                self.sleep(_BACK_OFF * (attempt + 1) * (self.store.random(1)[0] / 255))
                self.store.settle(PATIENCE)
        if not self._leave_in_outbox({}):
            raise Remote(f"{self.name} is too busy", "everything is kept here; sync again later")
        self.outcome.state = "left in the outbox"
        return self.outcome

    def _once(self, again: bool) -> bool:
        """One round of fetch, join, push; False when the remote moved in between."""
        # After a rejection we know what to fetch, and whoever was faster emptied the outboxes.
        theirs, outboxes = (_LOOK, {}) if again else self._ask()
        if theirs is None and not self.link.list_refs(["refs/heads/*"]):
            # A host would make our branch the main one of an empty repository.
            self.outcome.state = "waiting for a code branch"
            return True
        if theirs == self.log.head() and not outboxes:
            self._track(theirs)
            return True
        theirs, result = self._receive(theirs, outboxes)
        self.outcome.problems += result.problems
        self.outcome.refused = result.refused
        self.outcome.received += result.received
        if not self._push(theirs, result, outboxes):
            return False
        if self.outcome.state == "in step":
            self._track(result.commit)
        self.outcome.sent += result.sent
        return True

    def _ask(self) -> tuple[str | None, Outboxes]:
        """The tip of the remote's data branch and its outboxes, in one request."""
        found = self.link.list_refs([self.log.ref, OUTBOX + "*"])
        named = {ref: _OUTBOX.fullmatch(ref) for ref in found}
        # A ref that was not made by this program, or was moved, is not an outbox.
        boxes = [ref for ref, parts in named.items() if parts and parts[2] == found[ref]]
        return found.get(self.log.ref), {ref: found[ref] for ref in sorted(boxes)[:_MAX_OUTBOXES]}

    def _receive(self, theirs: str | None, outboxes: Outboxes) -> tuple[str | None, Reconciled]:
        """Fetch and take in; where theirs cannot be, the outboxes still are, and Unsafe is raised.

        An outbox that cannot be taken in is dropped: its sender has what is in it.
        """
        place = incoming.place(self.store, self.name)
        try:
            bad = self._fetch(place, theirs, outboxes)
            if theirs == _LOOK and self.log.ref not in bad:
                theirs = self.log.objects.resolve(place + self.log.ref.removeprefix("refs/"))
            states = [oid for ref, oid in outboxes.items() if ref not in bad]
            try:
                if self.log.ref in bad:
                    raise bad.pop(self.log.ref)
                result = take_in(self.store, theirs, states)
            except Unsafe as unsafe:
                if theirs is None:
                    raise
                if states:
                    self.outcome.received += take_in(self.store, None, states).received
                raise self._poisoned(unsafe, outboxes, states) from None
        finally:
            incoming.forget(self.store, self.log.objects.refs(place))
        self.outcome.problems += [f"{ref}: {why.message}" for ref, why in bad.items()]
        self._track(theirs)
        return theirs, result

    def _track(self, theirs: str | None) -> None:
        """Note where the remote's branch is, as a plain fetch would; `status` looks there.

        Not by git's fetch itself, which fails as a whole when two of them do it at once.
        """
        ref = f"refs/remotes/{self.name}/{self.store.branch}"
        if theirs is None or incoming.component(self.name) != self.name:
            return
        known = self.log.objects.resolve(ref)
        need = seal.of(self.log.objects, self.log.head())
        # Also theirs: the reflog will name it, however soon a newer one takes its place.
        states = {theirs, known} - {None}
        self.stale |= any(not need <= seal.of(self.log.objects, one) for one in states)
        if known == theirs:
            return
        with suppress(RefLocked, GitFailed, OSError):
            self.log.objects.move(ref, theirs, known)

    def _fetch(self, place: str, theirs: str | None, outboxes: Outboxes) -> dict[str, Unsafe]:
        """Bring what we do not have into refs below `place`; gives what git refused."""
        tips = {**({self.log.ref: theirs} if theirs else {}), **outboxes}
        wanted = [ref for ref, oid in tips.items() if oid == _LOOK or not self._has(oid)]
        specs = [f"+{ref}:{place}{ref.removeprefix('refs/')}" for ref in wanted]
        if not specs:
            return {}
        try:
            self.link.fetch(specs)
        except Unsafe as unsafe:
            if len(wanted) == 1:
                return {wanted[0]: unsafe}
        except Vanished:  # an outbox, taken in by somebody who was faster
            if not outboxes:
                raise
            outboxes.clear()
            return self._fetch(place, theirs, outboxes)
        else:
            return {}
        bad = {}
        for ref, spec in zip(wanted, specs, strict=True):  # which one was it?
            try:
                self.link.fetch([spec])
            except Unsafe as unsafe:
                bad[ref] = unsafe
        return bad

    def _has(self, oid: str) -> bool:
        """True when `oid` is in our history, so that it need not be fetched."""
        head = self.log.head()
        return head is not None and reconcile.holds(self.log.objects, head, oid)

    def _push(self, theirs: str | None, result: Reconciled, outboxes: Outboxes) -> bool:
        """Push the branch and delete the outboxes that are in it, all or nothing."""
        commit, conditional = result.commit, theirs is None or result.force
        self.stale |= result.force  # git's own push notes in a reflog what it replaced
        branch = [Push(self.log.ref, commit, conditional, theirs)] if commit != theirs else []
        emptied = [Push(ref, None, lease=True, old=oid) for ref, oid in outboxes.items()]
        if not branch and not emptied:
            return True
        try:
            return self.link.push(branch + emptied)
        except Refused:
            if not emptied and not result.force:
                raise
        if result.force:
            return self._cannot_force(branch, outboxes)
        # Some hosts let nobody delete; then what is in the outboxes at least arrives.
        self.outcome.problems.append(f"{self.name} does not let its outbox be emptied")
        return not branch or self.link.push(branch)

    def _cannot_force(self, branch: list[Push], outboxes: Outboxes) -> bool:
        """Where the host does not let the branch be replaced, entries still reach the others."""
        try:
            if outboxes and self.link.push(branch):
                self.outcome.problems.append(f"{self.name} does not let its outbox be emptied")
                return True
        except Refused:
            pass
        self.outcome.problems.append(
            f"{self.name} does not let {self.store.branch} be replaced, so that purged texts stay "
            f"in its history; who may, deletes that branch there once, then sync again"
        )
        self.outcome.state = "left in the outbox"
        return self._leave_in_outbox(outboxes)

    def _poisoned(self, unsafe: Unsafe, outboxes: Outboxes, states: list[str]) -> Unsafe:
        """What to raise where the remote's branch cannot be taken in.

        What is new here goes to the outbox, from where the other clones get it all the same.
        """
        head = self.log.head()
        root = tree.tree_of(self.log.objects, head)
        there = {tree.tree_of(self.log.objects, oid) for oid in states}
        hint = _KEEP_WORKING
        try:
            if root not in there and self._leave_in_outbox(outboxes):
                hint += ", and what is new was left in the outbox for the others"
        except Remote:
            pass
        hint += f"; who may, sets it back: git push --force {self.name} {self.store.branch}"
        return Unsafe(f"{self.log.ref} of {self.name}: {unsafe.message}", unsafe.hint or hint)

    def _leave_in_outbox(self, replaced: Outboxes) -> bool:
        """Leave our state beside the branch, where nobody competes; the next syncer takes it in."""
        head = self.log.head()
        mine = Push(f"{OUTBOX}{self.store.device}/{head}", head)
        emptied = [Push(ref, None, lease=True, old=oid) for ref, oid in replaced.items()]
        return self.link.push([mine, *emptied]) or bool(emptied and self.link.push([mine]))
