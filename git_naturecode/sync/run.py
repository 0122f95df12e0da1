"""One sync from its beginning to its end: ask, fetch, join, push, and the outbox at last."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from git_naturecode import hiding, kb, linking, reviewing, trusting
from git_naturecode.errors import NaturecodeError, Remote, Unsafe, Usage
from git_naturecode.git import remote, tree
from git_naturecode.git.objects import RefLocked
from git_naturecode.git.remote import Link, Push
from git_naturecode.git.run import GitFailed
from git_naturecode.sealed import renewal
from git_naturecode.store import forgetting, remotes, strays
from git_naturecode.store.lock import hold
from git_naturecode.store.memory import done, was_done
from git_naturecode.store.reconcile import Reconciled
from git_naturecode.store.remotes import BRANCH, DELETION, NOTES, Event
from git_naturecode.store.store import Store
from git_naturecode.sync import articles, incoming, notes, seen
from git_naturecode.sync.gate import PATIENCE, admit, complete, take_in
from git_naturecode.sync.outcome import IN_OUTBOX, IN_STEP, NO_CODE, Outcome
from git_naturecode.sync.pushing import Pushing
from git_naturecode.sync.theirs import LOOK, Theirs, ask, fetch
from git_naturecode.teaming import views

DIRECT_TRIES = 3
PATIENT_TRIES = 8  # where there is no outbox to go to
_BACK_OFF = 0.2
_WATCHED = "watched"
_KEEP_WORKING = "nothing was taken in from it; you can go on working here"

Tell = Callable[[str], None]


def choose_remote(store: Store, named: str | None) -> str | None:
    """The remote to sync with: `named`, the one fixed at `init`, `origin`, or the only one."""
    return remote.choose(store.config, named)


def link_to(store: Store, name: str, hear: Tell | None = None) -> Link:
    """The remote `name` with the patience that the user has set; raises Usage when it is none."""
    seconds = store.config.number("naturecode.timeout", remote.TIMEOUT)
    if seconds < 1:
        raise Usage(f"naturecode.timeout is {seconds}, not a number of seconds")
    return Link(store.repo, name, seconds, hear)


def sync(
    store: Store,
    name: str,
    tell: Tell,
    *,
    hear: Tell | None = None,
    sleep: Callable[[float], None] = time.sleep,
    automatic: bool = False,
) -> Outcome:
    """Take in, join, push; retried while others push too, then left in the outbox.

    `hear` is told how far a transfer is; `automatic` says that nobody waits for it. Another sync
    of this clone is waited for. Raises Remote when the remote cannot be reached, Unsafe when what
    it has cannot be taken in; nothing said here is lost then. What a remote refuses is in the
    outcome.
    """
    link = link_to(store, name, hear)
    path = os.path.join(store.state_dir, f"sync-{remotes.component(name)}.lock")
    with hold(path, 0) as free:
        if free:
            return _Sync(store, link, tell, sleep, automatic).remembered()
    tell(f"another sync of this clone with {name} is at work; waiting for it")
    with hold(path, link.timeout * remote.PATIENT):
        return _Sync(store, link, tell, sleep, automatic).remembered()


@dataclass
class _Sync:
    """One run of `sync`."""

    store: Store
    link: Link
    tell: Tell
    sleep: Callable[[float], None]
    automatic: bool

    def __post_init__(self) -> None:
        self.name = self.link.name
        self.log = self.store.team
        self.outcome = Outcome(self.name)
        self.found: list[str | None] = []  # where the remote stood when it was first looked at
        self.stale = False  # the remote's branch, and so a ref of ours, was older than a purge
        self.memory = remotes.load(self.store.state_dir, self.store.config, self.name)
        self.pushing = Pushing(self.store, self.link, self.memory, self.outcome, self.automatic)

    def remembered(self) -> Outcome:
        """`run`; how it went is written down for `status`."""
        said = ""
        try:
            outcome = self.run()
            said = outcome.failure.message if outcome.failure else ""
        except NaturecodeError as error:
            said = error.message
            raise
        finally:
            self.memory.last = Event(self.store.now_ms(), said)
            self.memory.save(self.store.random)
        return outcome

    def run(self) -> Outcome:
        """All rounds, and what a purge that came in leaves to do in this clone."""
        self._follow()
        kb.write_views(self.store)
        self._sign()
        self.store.settle(PATIENCE)
        self.outcome.problems += admit(self.store)
        self._take_in_pages(None)
        self._drain()
        self._sign()
        incoming.forget_dead(self.store)
        self.link.sweep(time.time())  # by the clock of the file system
        try:
            views.refresh(self.store)
            self._show()
            outcome = self._rounds()
            if views.refresh(self.store):
                outcome = self._rounds()  # of what came in
            if hiding.is_behind(self.store) and hiding.carry(self.store):
                self._sign()
                outcome = self._rounds()  # what hides a text shall not wait for the next sync
            if outcome.state == IN_STEP and self._introduce():
                outcome = self._rounds()
            if outcome.state == IN_STEP and self._renew():
                self._sign()
                outcome = self._rounds()
            if outcome.state == IN_STEP and self._link():
                self._sign()
                outcome = self._rounds()
            self._watch()
            return outcome
        finally:
            refs = [self.log.ref, f"refs/remotes/{self.name}/{self.store.branch}"]
            self.stale |= strays.found(self.log, refs)
            if self.stale or forgetting.is_behind(self.store):
                self._forget()

    def _follow(self) -> None:
        """Write down what became of the changes under review that were begun here."""
        try:
            reviewing.follow(self.store)
        except (NaturecodeError, OSError) as error:
            said = getattr(error, "message", str(error))
            self.outcome.problems.append(f"changes under review were not looked at: {said}")

    def _take_in_pages(self, theirs: str | None) -> None:
        articles.take_in_pages(self.store, theirs, self.outcome, self.tell)

    def _show(self) -> str | None:
        """Make the files of articles right; where our branch is then.

        Not where a host takes nothing: then they would be all that waits here.
        """
        if not self.memory.refuses(BRANCH, self.store.now_ms()):
            articles.show(self.store, self.outcome)
        return self.log.head()

    def _sign(self) -> None:
        """Sign what is new here; where that cannot be done it travels unsigned for now."""
        try:
            self.outcome.signed += trusting.sign(self.store)
        except RefLocked:
            pass  # draining says what to do about it
        except NaturecodeError as error:
            said = f"what is new here was not signed: {error.message}"
            if said not in self.outcome.problems:  # by an earlier try of this sync
                self.outcome.problems.append(said)

    def _watch(self) -> None:
        """Look at what came in signed, and whether the remote still has what it had."""
        state = trusting.state(self.store)
        if self.outcome.state == NO_CODE or (
            not self.found and was_done(self.store, _WATCHED, state)
        ):
            return
        from git_naturecode.trusting import watching

        theirs = self.found[0] if self.found else self.log.head()
        seen = watching.watch(self.store, self.name, theirs, self.outcome.state == IN_STEP)
        self.outcome.news += seen.news
        self.outcome.alarms += seen.alarms
        self.outcome.notices += seen.notices
        self.outcome.quarantined = seen.quarantined
        self.outcome.team_received, self.outcome.team_sent = seen.received, seen.sent
        if trusting.keeper(self.store).is_complete:
            done(self.store, _WATCHED, state)

    def _drain(self) -> None:
        """Link the commits that hooks have noted; where that cannot be done they go on waiting."""
        try:
            linking.drain(self.store)
            linking.keep_notes(self.store)
            reviewing.keep_notes(self.store)
            kb.keep_notes(self.store)
        except NaturecodeError as error:
            self.outcome.problems.append(f"commits were not linked: {error.message}")

    def _link(self) -> int:
        """Link what came from elsewhere; how many links. That it cannot be done fails no sync."""
        if not seen.is_behind(self.store):
            return 0
        from git_naturecode.sync import forge

        try:
            return forge.catch_up(self.store, self.link)
        except (NaturecodeError, OSError) as error:
            said = getattr(error, "message", str(error))
            self.outcome.problems.append(f"commits of requests were not looked at: {said}")
            return 0

    def _introduce(self) -> bool:
        """Tell the team whose this device is, if it is another one of a member's."""
        try:
            return trusting.introduce(self.store)
        except NaturecodeError as error:
            self.outcome.problems.append(f"this device was not introduced: {error.message}")
            return False

    def _renew(self) -> int:
        """Begin the epochs of encrypted sessions that are due since devices came or went."""
        if not renewal.is_due(self.store):
            return 0
        try:
            return renewal.renew(self.store)
        except (NaturecodeError, OSError) as error:
            said = getattr(error, "message", str(error))
            self.outcome.problems.append(f"keys of encrypted sessions were not renewed: {said}")
            return 0

    def _forget(self) -> None:
        """Remove what a purge leaves to do here; a lock of somebody else only delays it."""
        try:
            held = forgetting.forget(self.store)
        except NaturecodeError as behind:
            self.outcome.problems.append(behind.message)
            return
        self.outcome.forgot = True
        self.outcome.problems += [f"{ref} still holds purged texts" for ref in held]

    def _rounds(self) -> Outcome:
        """All rounds, and the outbox at last."""
        tries = DIRECT_TRIES if self.pushing.has_outbox else PATIENT_TRIES
        for attempt in range(tries):
            self.outcome.tries = attempt + 1
            if self._once(again=attempt > 0):
                if self.outcome.state == IN_STEP:
                    self.memory.left = ""
                return self.outcome
            if attempt + 1 < tries:
                self.tell(f"others are pushing to {self.name} too; trying again")
                self.sleep(_BACK_OFF * (attempt + 1) * (self.store.random(1)[0] / 255))
                self.store.settle(PATIENCE)
        if not self.pushing.leave_in_outbox({}):
            raise Remote(f"{self.name} is too busy", "everything is kept here; sync again later")
        self.outcome.state = IN_OUTBOX
        return self.outcome

    def _once(self, again: bool) -> bool:
        """One round of fetch, join, push; False when the remote moved in between."""
        # After a rejection we know what to fetch, and whoever was faster emptied the outboxes.
        theirs = Theirs(LOOK) if again else ask(self.link, self.log.ref, self.memory.taken)
        if theirs.tip is None and not self.link.list_refs(["refs/heads/*"]):
            # A host would make our branch the main one of an empty repository.
            self.outcome.state = NO_CODE
            self.memory.unpurged = False
            return True
        if self._in_step(theirs):
            self.memory.unpurged = False
            self._track(theirs.tip)
            return True
        result, noted = self._receive(theirs)
        result = replace(result, commit=self._show() or result.commit)
        self.found.append(theirs.tip)
        self.outcome.problems += [*result.problems, *noted.problems]
        self.outcome.refused = result.refused
        self.outcome.received += result.received
        self.outcome.notes_received += noted.received
        self.memory.unpurged = result.force
        if not self.pushing.send(self._parts(theirs, result, noted.pushes), force=result.force):
            return False
        if self.outcome.failure:
            self.outcome.waiting = result.sent
        else:
            self.outcome.sent += result.sent
            if self.outcome.state == IN_STEP:
                self.memory.unpurged = False
                self._track(result.commit)
        if not self.memory.refuses(NOTES, self.store.now_ms()):
            self.outcome.notes_sent += noted.sent
        return True

    def _in_step(self, theirs: Theirs) -> bool:
        """True when there is nothing to fetch and nothing to push."""
        if theirs.tip != self.log.head() or theirs.outboxes:
            return False
        mine = notes.ours(self.store)
        if self.memory.refuses(NOTES, self.store.now_ms()):
            return all(mine.get(ref) == oid for ref, oid in theirs.notes.items())
        return mine == theirs.notes

    def _parts(
        self, theirs: Theirs, result: Reconciled, noted: list[Push]
    ) -> dict[str, list[Push]]:
        """What is to be pushed: the branch, notes, the deletion of outboxes that are in it."""
        conditional = theirs.tip is None or result.force
        branch = [Push(self.log.ref, result.commit, conditional, theirs.tip)]
        return {
            BRANCH: branch if result.commit != theirs.tip else [],
            NOTES: noted,
            DELETION: [
                Push(ref, None, lease=True, old=oid) for ref, oid in theirs.outboxes.items()
            ],
        }

    def _receive(self, theirs: Theirs) -> tuple[Reconciled, notes.Taken]:
        """Fetch and take in; where theirs cannot be, the outboxes still are, and Unsafe is raised.

        An outbox that cannot be taken in is dropped: its sender has what is in it.
        """
        place = incoming.place(self.store, self.name)
        try:
            bad = fetch(self.store, self.link, place, theirs)
            theirs.notes = {ref: oid for ref, oid in theirs.notes.items() if ref not in bad}
            states = [oid for ref, oid in theirs.outboxes.items() if ref not in bad]
            try:
                if self.log.ref in bad:
                    raise bad.pop(self.log.ref)
                complete(self.store, [oid for oid in (theirs.tip, *states) if oid])
                result = take_in(self.store, theirs.tip, states)
                self._take_in_pages(theirs.tip)
            except Unsafe as unsafe:
                if theirs.tip is None:
                    raise
                if states:
                    self.outcome.received += take_in(self.store, None, states).received
                raise self._poisoned(unsafe, theirs.outboxes, states) from None
            noted = notes.take_in(self.store, theirs.notes)
            # A notes ref that cannot be taken in is not pushed over either.
            noted.pushes = [push for push in noted.pushes if push.ref not in bad]
        finally:
            incoming.forget(self.store, incoming.below(self.store, place))
        self.outcome.problems += [f"kept out: {ref}: {why.message}" for ref, why in bad.items()]
        self._track(theirs.tip)
        return result, noted

    def _track(self, theirs: str | None) -> None:
        """Note where the remote's branch is, as a plain fetch would; `status` looks there.

        Not by git's fetch itself, which fails as a whole when two of them do it at once.
        """
        ref = f"refs/remotes/{self.name}/{self.store.branch}"
        if theirs is None or remotes.component(self.name) != self.name:
            return
        objects, head = self.log.objects, self.log.head()
        known = objects.resolve(ref)
        if known == theirs == head:
            return
        need = self.log.obeyed(head)
        self.stale |= known is not None and not need <= self.log.obeyed(known)
        # What holds purged texts is not noted: the reflog would keep them, and where a host does
        # not let its branch be replaced, each sync would have to clean up after itself.
        if known == theirs or not need <= self.log.obeyed(theirs):
            return
        with suppress(RefLocked, GitFailed, OSError):
            self.log.objects.move(ref, theirs, known)

    def _poisoned(self, unsafe: Unsafe, outboxes: dict[str, str], states: list[str]) -> Unsafe:
        """What to raise where the remote's branch cannot be taken in.

        What is new here goes to the outbox, from where the other clones get it all the same.
        """
        head = self.log.head()
        root = tree.tree_of(self.log.objects, head)
        there = {tree.tree_of(self.log.objects, oid) for oid in states}
        hint = _KEEP_WORKING
        try:
            if root not in there and self.pushing.leave_in_outbox(outboxes):
                hint += ", and what is new was left in the outbox for the others"
        except Remote:
            pass
        hint += f"; who may, sets it back: git push --force {self.name} {self.store.branch}"
        return Unsafe(f"{self.log.ref} of {self.name}: {unsafe.message}", unsafe.hint or hint)
