"""Merging a review into the base branch of this clone: by the rules, at once or not at all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from git_naturecode import ids
from git_naturecode.config import Config
from git_naturecode.domain.links import sessions_named
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.explain import allowed, approvers, matching
from git_naturecode.domain.review.model import Review
from git_naturecode.domain.review.rules import FF, MERGE, REBASE, SQUASH, STRATEGIES
from git_naturecode.errors import NeedsPerson, Negative, Remote, Usage
from git_naturecode.git import committing, hooked, merging, remote
from git_naturecode.git.committing import Wanted
from git_naturecode.git.landing import Landing
from git_naturecode.git.merging import Conflict, Told
from git_naturecode.git.pushed import There
from git_naturecode.git.remote import Refused
from git_naturecode.linking.known import Known
from git_naturecode.linking.queue import Rewritten, Squashed, add
from git_naturecode.reviewing import message, revising
from git_naturecode.reviewing.explaining import Explained, explained
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Store

_TRIES = 5
_PAUSE = 0.1
# Hooks that git would run for each way, and that have nothing to look at without a work tree.
_NOT_RUN = {
    MERGE: ("pre-merge-commit",), SQUASH: ("pre-commit",), REBASE: ("pre-rebase", "post-rewrite"),
    FF: (),
}  # fmt: skip
Hear = Callable[[str], None]


class NotYet(Negative):
    """The rules do not let it be merged yet; `explained` says why."""

    def __init__(self, found: Explained) -> None:
        missing = sum(not one.ok for one in found.reasons)
        many = "1 thing is" if missing == 1 else f"{missing} things are"
        super().__init__(
            f"{found.review.id} cannot be merged yet: {many} missing",
            f"git naturecode review explain {ids.tail(found.review.id)}",
        )
        self.explained = found


class Conflicts(NeedsPerson):
    """The change and the base branch changed the same lines; `conflicts` says where."""

    def __init__(self, base: str, conflicts: Sequence[Conflict], commit: Told | None) -> None:
        many = "1 file" if len(conflicts) == 1 else f"{len(conflicts)} files"
        where = f", at {commit.oid[:12]} ({commit.subject})" if commit else ""
        super().__init__(
            f"it conflicts with {base} in {many}{where}; nothing was changed",
            f"bring {base} into the branch and settle them there: git merge {base} (or git rebase)",
        )
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class Request:
    """How somebody wants to merge: `strategy` "" for the usual one; `head` is the commit that he
    expects, or a beginning of it; `message` "" for the usual one; to `push` it, to `remote`."""

    strategy: str = ""
    head: str = ""
    message: str = ""
    push: bool = False
    remote: str | None = None


@dataclass
class Done:
    """What was done, or would be: the branch, from where, to which commit, and what is to be told.

    `found` says that nothing was moved: the base branch had all of it already. `place` is the work
    tree that came along, `next` the command by which others get it.
    """

    strategy: str
    branch: str
    head: str
    onto: str
    result: str = ""
    commits: int = 0
    remote: str = ""
    pushed: bool = False
    found: bool = False
    place: str = ""
    entry: str = ""
    next: str = ""
    told: list[str] = field(default_factory=list)


class Merging:
    """One review on its way into its base branch. `permit` raises where the team says no."""

    def __init__(
        self, store: Store, review: Review, entries: Sequence[Entry], request: Request,
        *, permit: Callable[[Draft], None], hear: Hear,
    ) -> None:  # fmt: skip
        self.store, self.review, self.entries, self.request = store, review, entries, request
        self.permit, self.hear = permit, hear

    def plan(self) -> Done:
        """What `run` would do, as far as that is known without doing it; raises as it does."""
        landing, found, done = self._begin()
        if not done.found:
            done.commits = len(self._picked(found)) if done.strategy == REBASE else 1
            landing.check(found.head if done.strategy == FF else "")
        return done

    def run(self) -> Done:
        """Merge it. Whatever is raised, nothing has changed.

        Raises Usage for a way or a head that is none, NotYet, Conflicts, Negative where the base
        branch cannot be moved now, Remote when a push did not work.
        """
        for attempt in range(_TRIES):
            landing, found, done = self._begin()
            if done.found or self._once(landing, found, done):
                self._record(found, done)
                return done
            time.sleep(_PAUSE * attempt)
        raise Negative(
            f"{self.review.base} moved {_TRIES} times while this was merged", "try again later"
        )

    # -- may it be ---------------------------------------------------------------------------------

    def _begin(self) -> tuple[Landing, Explained, Done]:
        if self.review.base == self.store.branch:
            raise Usage(f"{self.review.base} is the branch of what is shared", "see `review set`")
        found = explained(self.store, self.review)
        self.permit(makers.merging(self.entries, "", "", "", "", self.review.base))
        if not found.tip or not found.head:
            raise NotYet(found)
        self._expected(found)
        landing = Landing(self.store.repo, self.review.base, self.store.environ)
        goes_on = self.store.team.objects.is_ancestor(landing.tip, found.tip)
        if found.is_in and goes_on:
            return landing, found, self._already(found)
        others = [one for one in found.reasons if not (one.ok or one.rule == "conflicts")]
        if others:
            raise NotYet(found)
        strategy = self._strategy(found)
        if found.tried and found.tried.conflicts:
            raise Conflicts(self.review.base, found.tried.conflicts, None)
        if not goes_on:
            raise Negative(f"{self.review.base} has just moved", "run it again")
        where = landing.place.path if landing.place else ""
        done = Done(strategy, landing.branch, found.head, found.tip, place=where)
        if landing.tip != found.tip:
            done.told.append(f"{landing.branch} here was not pulled: what its remote has comes too")
        return landing, found, done

    def _expected(self, found: Explained) -> None:
        wanted = self.request.head
        if wanted and not found.head.startswith(wanted.lower()):
            raise Negative(
                f"the head is {found.head[:12]}, and not {wanted[:12]}",
                f"look at what has changed: git naturecode review diff {ids.tail(self.review.id)}",
            )

    def _strategy(self, found: Explained) -> str:
        ways = allowed(matching(found.facts), found.facts.merges)
        objects = self.store.team.objects
        can_ff = objects.is_ancestor(found.tip, found.head)
        chosen = self.request.strategy or next((w for w in ways if w != FF or can_ff), "")
        if not chosen or chosen not in STRATEGIES:
            raise Usage(f"{chosen!r} is no way to merge", "use " + ", ".join(ways or STRATEGIES))
        if chosen not in ways:
            raise Negative(
                f"it may not be merged by {chosen}", "use --strategy " + " or ".join(ways)
            )
        if chosen == FF and not can_ff:
            others = " or ".join(one for one in ways if one != FF)
            raise Negative(
                f"{self.review.base} has gone on since, so it cannot simply be moved forward",
                f"use --strategy {others}" if others else f"git rebase {self.review.base} first",
            )
        return chosen

    def _already(self, found: Explained) -> Done:
        """What is to be said of a change that the base branch has, however it came there."""
        objects = self.store.team.objects
        if objects.is_ancestor(found.head, found.tip):
            result = merging.bringing(self.store.repo, found.head, found.tip)
            strategy = FF if result == found.head else MERGE
        else:
            named = merging.saying(
                self.store.repo, f"{message.REVIEW}: {self.review.id}", found.base, found.tip
            )
            result, strategy = (named or [found.tip])[0], REBASE if len(named) > 1 else SQUASH
        onto = merging.parent(self.store.repo, result)
        return Done(strategy, self.review.base, found.head, onto, result, found=True)

    # -- doing it ----------------------------------------------------------------------------------

    def _once(self, landing: Landing, found: Explained, done: Done) -> bool:
        """One attempt; False when the base branch has moved on meanwhile."""
        made = self._made(found, done)
        landing.check(done.result)
        if self.request.push:
            self._push(landing, done)
        why = f"review merge {self.review.id}: {done.strategy}"
        if not landing.move(done.result, why):
            if not done.pushed:
                return False
            done.told.append(f"{landing.branch} has moved on here meanwhile: git pull")
        else:
            self._after(landing, found, done, made)
        return True

    def _made(self, found: Explained, done: Done) -> dict[str, str]:
        """Make the commits; the new ones by those that they stand for."""
        made: dict[str, str] = {}
        if done.strategy == FF:
            done.result = found.head
        elif done.strategy == REBASE:
            made = self._rebased(found)
            done.result = list(made.values())[-1]
        else:
            done.result = self._one(found, done.strategy)
        done.commits = len(made) or 1
        return made

    def _one(self, found: Explained, strategy: str) -> str:
        """The commit of a merge or of a squash."""
        assert found.tried is not None
        repo = self.store.repo
        changes = merging.told(repo, merging.commits(repo, found.tip, found.head))
        first = next((one for one in changes if len(one.parents) < 2), None)
        others = merging.authors(repo, found.tip, found.head) if strategy == SQUASH else []
        mine = {first.mail.casefold()} if first else set()
        usual = message.merging if strategy == MERGE else message.squashing
        text = self.request.message or usual(self.review)
        said = message.with_trailers(text, message.trailers(
            self.review, found.facts.circle, approvers(self.review, found.facts),
            self._sessions(changes), [one for one in others if one[1].casefold() not in mine],
        ))  # fmt: skip
        said = hooked.message(repo, said, "merge" if strategy == MERGE else "squash")
        parents = (found.tip, found.head) if strategy == MERGE else (found.tip,)
        author = first.author if first and strategy == SQUASH else None
        return committing.commit(
            repo, Wanted(found.tried.tree, parents, said, author), sign=self._sign
        )

    def _picked(self, found: Explained) -> list[Told]:
        return merging.between(self.store.repo, found.tip, found.head)

    def _rebased(self, found: Explained) -> dict[str, str]:
        """Each commit made anew on top of the base branch, in their order, by the old ones."""
        repo = self.store.repo
        lines = message.trailers(
            self.review, found.facts.circle, approvers(self.review, found.facts)
        )
        made: dict[str, str] = {}
        onto, tree = found.tip, merging.told(repo, [found.tip])[0].tree
        for one in self._picked(found):
            done = merging.applied(repo, one, onto)
            if done.conflicts:
                raise Conflicts(self.review.base, done.conflicts, one)
            if done.tree == tree and one.parents:  # nothing of it is left
                continue
            text = message.with_trailers(one.message, lines)
            wanted = Wanted(done.tree, (onto,), text, one.author)
            onto = committing.commit(repo, wanted, sign=self._sign)
            made[one.oid], tree = onto, done.tree
        if not made:
            raise Negative(f"{self.review.base} has all of it already", "close the review")
        return made

    @property
    def _sign(self) -> bool:
        return self.store.config.flag("commit.gpgSign", False)

    def _sessions(self, changes: Sequence[Told]) -> list[str]:
        """The sessions that the commits came out of: named by them, or linked and shared.

        Nobody's where the user wants no such trailers (naturecode.trailer never).
        """
        if self.store.config.get("naturecode.trailer") == "never":
            return []
        named = dict.fromkeys(one for told in changes for one in sessions_named(told.message))
        known = Known(self.store)
        try:
            for found in known.links(one.oid for one in changes).values():
                for link in found:
                    about = known.about(link.session)
                    if about and about.shared and not about.deleted:
                        named[link.session] = None
        finally:
            known.close()
        return list(named)

    def _push(self, landing: Landing, done: Done) -> None:
        name = remote_of(self.store.config, landing.branch, self.request.remote)
        timeout = self.store.config.number("naturecode.timeout", remote.TIMEOUT)
        try:
            done.pushed = There(self.store.repo, name, landing.branch, timeout).push(
                done.result, self.hear
            )
        except Refused as error:
            raise Refused(
                error.message, "nothing was changed here; a protected branch takes it by a pull "
                "request, or from somebody who may push",
            ) from None  # fmt: skip
        if not done.pushed:
            raise Remote(
                f"{landing.branch} at {name} has moved on: somebody was faster",
                f"nothing was changed here; take in what is there, then try again: "
                f"git pull {name} {landing.branch}, git naturecode sync",
            )
        done.remote = name

    # -- afterwards --------------------------------------------------------------------------------

    def _after(
        self, landing: Landing, found: Explained, done: Done, made: dict[str, str]
    ) -> None:  # fmt: skip
        """What git would have done besides: notes and links follow, hooks hear of it."""
        now = self.store.now_ms() // 1000
        if done.strategy == REBASE:
            merging.copy_notes(self.store.repo, made)
            add(self.store, [Rewritten(now, "rebase", old, new) for old, new in made.items()])
        elif done.strategy == SQUASH:
            old = merging.commits(self.store.repo, found.tip, found.head)
            add(self.store, [Squashed(now, found.tip, tuple(old))])
        if failed := landing.tell():
            done.told.append(f"your post-merge hook failed: {failed}")
        silent = hooked.standing(self.store.repo, _NOT_RUN[done.strategy])
        if silent:
            done.told.append(
                f"not run, since there was no work tree to run it in: your {', '.join(silent)} hook"
            )

    def _record(self, found: Explained, done: Done) -> None:
        """Say that it was merged, and of which state of the change, if nobody has yet."""
        note = "the branch had it already" if done.found else ""
        drafts = [makers.merging(
            self.entries, done.head, done.onto, done.result, done.strategy, done.branch, note
        )]  # fmt: skip
        if found.moved:
            revising.prepare(self.store, found.review.id, found.moved)
            drafts.insert(0, found.moved.draft)
        done.entry = self.store.write(TEAM, self.review.id, drafts)[-1].id
        to = usual_remote(self.store.config, done.branch)
        if to and not (done.pushed or done.found):
            done.next = f"git push {to} {done.branch}"
            there = self.store.team.objects.resolve(f"refs/remotes/{to}/{done.branch}")
            if there and not self.store.team.objects.is_ancestor(there, done.result):
                done.told.append(
                    f"{to}/{done.branch} has commits that {done.branch} here has not, so a push "
                    f"will be refused: git pull first"
                )
        self.store.settle()


def remote_of(config: Config, branch: str, named: str | None) -> str:
    """The remote to which git would push `branch`, or `named`; raises Usage where there is none."""
    chosen = named or usual_remote(config, branch)
    if not chosen:
        raise Usage("there is no remote to push to", "leave out --push, or name one: --remote")
    remote.check_name(chosen, config.remotes())
    return chosen


def usual_remote(config: Config, branch: str) -> str:
    """The remote to which git would push `branch`; "" where it would not know one."""
    keys = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
    told = next((value for key in keys if (value := config.get(key)) not in ("", ".")), "")
    known = config.remotes()
    return told or ("origin" if "origin" in known else known[0] if len(known) == 1 else "")
