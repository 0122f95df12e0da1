"""Pushing: all or nothing where the host takes all of it, part by part where it does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from git_naturecode.git.remote import Gone, Link, Push, ReadOnly, Refused
from git_naturecode.store import remotes
from git_naturecode.store.remotes import BRANCH, DELETION, FORCE, NOTES, Memory
from git_naturecode.store.store import Store
from git_naturecode.sync.outcome import IN_OUTBOX, IN_STEP, READ_ONLY, REFUSED, Outcome
from git_naturecode.sync.theirs import OUTBOX

Parts = Mapping[str, list[Push]]
_NEWS = {
    NOTES: "{} refuses notes (refs/notes/naturecode/): they stay in this clone, all else travels",
    DELETION: "{} does not let its outbox be emptied: what is in it was taken in, "
    "and nothing will be left there from here",
    remotes.OUTBOX: "{} refuses the outbox (refs/naturecode/outbox/): while others push, "
    "this clone only tries again",
}


@dataclass
class Pushing:
    """What one sync pushes over `link`; what the remote refuses is noted in `memory`."""

    store: Store
    link: Link
    memory: Memory
    outcome: Outcome
    automatic: bool = False

    @property
    def has_outbox(self) -> bool:
        """True unless the remote refuses outboxes, or to delete them: they would pile up."""
        now = self.store.now_ms()
        return not any(self.memory.refuses(what, now) for what in (remotes.OUTBOX, DELETION))

    def send(self, parts: Parts, *, force: bool = False) -> bool:
        """Push `parts` (BRANCH, NOTES, DELETION); False when the remote has moved on.

        `force` says that the branch takes the place of one that a purge has not reached yet.

        A part that is refused does not hold the others up; for the branch itself the outcome tells.
        """
        wanted = {what: pushes for what, pushes in parts.items() if self._worth(what, pushes)}
        if not wanted:
            return True
        try:
            done = self._push([push for pushes in wanted.values() for push in pushes])
        except ReadOnly as refused:
            self._refused(BRANCH, refused, [])
            return True
        except Refused as refused:
            if len(wanted) == 1 and not force:
                ((what, pushes),) = wanted.items()
                self._refused(what, refused, pushes)
                return True
            return self._one_by_one(wanted, force)
        if done:
            self._accepted(wanted)
        return done

    def leave_in_outbox(self, replaced: Mapping[str, str]) -> bool:
        """Leave our state beside the branch, where nobody competes; the next syncer takes it in.

        False when that did not work either.
        """
        head = self.store.team.head()
        if not self.has_outbox or head is None:
            return False
        mine = Push(f"{OUTBOX}{self.store.device}/{head}", head)
        others = {ref: oid for ref, oid in replaced.items() if ref != mine.ref}
        emptied = [Push(ref, None, lease=True, old=oid) for ref, oid in others.items()]
        try:
            left = self._push([mine, *emptied]) or bool(emptied and self._push([mine]))
        except Refused as refused:
            self._refused(remotes.OUTBOX, refused, [])
            return False
        if left:
            self.memory.left = head
        return left

    def _worth(self, what: str, pushes: list[Push]) -> bool:
        if not pushes or not self.memory.refuses(what, self.store.now_ms()):
            return bool(pushes)
        if what == DELETION:
            self.memory.took([push.old for push in pushes if push.old])
        if what == BRANCH and self.automatic:
            self._failed(Refused(self.memory.refused[BRANCH].text))
            return False
        return what == BRANCH  # whoever asks for a sync may have got the right in between

    def _one_by_one(self, parts: Parts, force: bool) -> bool:
        done = True
        for what, pushes in parts.items():
            if what == DELETION and self.outcome.state != IN_STEP:
                continue  # what is in the outboxes has not arrived
            try:
                sent = self._push(pushes)
            except Refused as refused:
                if what == BRANCH and force:
                    self._cannot_force(refused, parts.get(DELETION, []))
                else:
                    self._refused(what, refused, pushes)
            else:
                done &= sent
                if sent:
                    self._accepted([what])
                elif what == BRANCH:
                    return False
        return done

    def _cannot_force(self, refused: Refused, emptied: list[Push]) -> None:
        """Where the host does not let the branch be replaced, entries still reach the others."""
        self.memory.refuse(FORCE, refused.message, self.store.now_ms())
        branch = self.store.branch
        self.outcome.held = True
        self.outcome.problems.append(
            f"{self.link.name} does not let {branch} be replaced, so that purged texts stay "
            f"in its history; who may, deletes that branch there once, then sync again"
        )
        if self.leave_in_outbox({push.ref: push.old for push in emptied if push.old}):
            self.outcome.state = IN_OUTBOX
        else:
            self._failed(refused)

    def _push(self, pushes: list[Push]) -> bool:
        self.memory.pushed(self.store.now_ms())
        try:
            return self.link.push(pushes)
        except Gone:
            raise self.store.team.broken() from None

    def _accepted(self, parts: Iterable[str]) -> None:
        for what in parts:
            self.memory.refused.pop(what, None)
            if what == BRANCH:
                self.memory.refused.pop(FORCE, None)

    def _refused(self, what: str, refused: Refused, pushes: list[Push]) -> None:
        news = self.memory.refuse(what, refused.message, self.store.now_ms())
        if what == DELETION:
            self.memory.took([push.old for push in pushes if push.old])
        if what == BRANCH:
            self._failed(refused)
        elif news:
            self.outcome.notices.append(_NEWS[what].format(self.link.name))

    def _failed(self, refused: Refused) -> None:
        self.outcome.failure = refused
        self.outcome.state = READ_ONLY if isinstance(refused, ReadOnly) else REFUSED
