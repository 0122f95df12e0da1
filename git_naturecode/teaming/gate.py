"""May this clone say that? Asked before anything is written that others would hold back."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from git_naturecode.errors import NotPermitted
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store
from git_naturecode.teaming.looking import look
from git_naturecode.teaming.words import those_who_may

if TYPE_CHECKING:
    from git_naturecode.domain.kb.model import Article
    from git_naturecode.domain.policy import Authority, Reason, Standing
    from git_naturecode.domain.policy.rights import Facts
    from git_naturecode.domain.review.model import Review
    from git_naturecode.domain.session import Session


class Gate:
    """The team's rules as they are for this clone; no rules where no team enforces any.

    They are those by which every other clone judges what it gets (domain/policy).
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def standing(self) -> "Standing | None":
        """What holds, where it is enforced."""
        found = look(self._store)
        return found if found is not None and found.mode == "enforced" else None

    def require(self, drafts: Sequence[Draft], session: "Session | None" = None) -> None:
        """Raise NotPermitted unless this clone may say `drafts` about `session` (None: a new one).

        Only for what is shared: what is private is nobody's business.
        """
        for draft in drafts:
            if why := self.objection(draft, session):
                raise self.refused(why)

    def require_review(self, drafts: Sequence[Draft], review: "Review | None") -> None:
        """The same about a review (None: a new one)."""
        self._require(drafts, lambda who: self._review_facts(who, review))

    def require_article(self, drafts: Sequence[Draft], article: "Article | None") -> None:
        """The same about an article of the knowledge base (None: a new one)."""
        self._require(drafts, lambda who: self._article_facts(who, article))

    def _require(self, drafts: Sequence[Draft], facts_of: "Callable[[Authority], Facts]") -> None:
        if self.standing is None or not drafts:
            return
        from git_naturecode.domain.policy import Reason, rights

        who = self._who()
        if isinstance(who, Reason):
            raise self.refused(who.text)
        if self._is_another(who):
            raise self.refused("it would be in the name of another member")
        facts = facts_of(who)
        for draft in drafts:
            if why := rights.objection(who, draft.kind, draft.fields, facts):
                raise self.refused(why)

    def objection(self, draft: Draft, session: "Session | None") -> str:
        """Why this clone may not say `draft` about `session` (None: a new one); "" where it may."""
        if self.standing is None:
            return ""
        from git_naturecode.domain.policy import Reason, rights

        who = self._who()
        if isinstance(who, Reason):
            return who.text
        if self._is_another(who):
            return "it would be in the name of another member"
        return rights.objection(who, draft.kind, draft.fields, self._facts(who, session))

    def _who(self) -> "Authority | Reason":
        """In whose name this clone speaks; another clone of a member's says first whose it is."""
        from git_naturecode import trusting
        from git_naturecode.domain.policy import Reason

        assert self.standing is not None
        who = self.standing.now(self._store.device)
        if isinstance(who, Reason) and trusting.introduce(self._store):
            self.standing = look(self._store)
            assert self.standing is not None
            who = self.standing.now(self._store.device)
        return who

    def _is_another(self, who: "Authority") -> bool:
        """True where git says that somebody else of the team writes here than whose device it is.

        A job often has the name of a person and the key of a bot: nobody would believe either.
        """
        from git_naturecode.domain.policy.facts import same

        assert self.standing is not None
        person = self._store.person
        return same(person) not in who.emails and bool(self.standing.holders(person))

    def _facts(self, who: "Authority", session: "Session | None") -> "Facts":
        from git_naturecode.domain.policy.facts import same
        from git_naturecode.domain.policy.rights import Facts

        if session is None:
            return Facts(owner=who.member_id)
        authors = {one.id: one.by for one in session.messages}
        authors |= {one.id: one.by for one in session.comments}

        def author_of(entry: str) -> str:
            mine = same(authors.get(entry, "")) in who.emails
            return who.member_id if mine else ""

        teams = (session.team.id,) if session.team else ()
        return Facts(session.owner, session.people, teams, author_of)

    def _review_facts(self, who: "Authority", review: "Review | None") -> "Facts":
        from git_naturecode.domain.policy import review_rights
        from git_naturecode.domain.policy.facts import same
        from git_naturecode.domain.policy.rights import Facts

        if review is None:
            return Facts(owner=who.member_id, noun="review")
        said = [(one.id, one.by) for thread in review.threads for one in thread.comments]
        said += [(one.id, one.by) for one in review.verdicts]
        # Of what came from elsewhere the others hold who brought it in for its author.
        mine = {name for name, by in said if same(review.writers.get(name, by)) in who.emails}

        def author_of(entry: str) -> str:
            return who.member_id if entry in mine else ""

        def asked(who: "Authority") -> bool:
            others = [e for e in review.asking if same(str(e.header.get("by"))) not in who.emails]
            return review_rights.is_asked(others, who.emails)

        return Facts(review.opener, author_of=author_of, noun="review", asked=asked)

    def _article_facts(self, who: "Authority", article: "Article | None") -> "Facts":
        from git_naturecode.domain.policy.facts import same
        from git_naturecode.domain.policy.rights import Facts

        if article is None:
            return Facts(owner=who.member_id, noun="kb")
        mine = {one.id for one in article.revisions if same(one.writer) in who.emails}
        return Facts(
            article.opener, author_of=lambda entry: who.member_id if entry in mine else "",
            noun="kb",
        )  # fmt: skip

    def refused(self, why: str) -> NotPermitted:
        """What is said then: the reason, and who can change it."""
        from git_naturecode.domain.policy import Reason
        from git_naturecode.teaming.here import Here, admins

        here = Here(self._store)
        me, whom = here.me, those_who_may(admins(here.standing))
        if me is None or me.state == "invited":
            return NotPermitted(
                f"{self._store.person} is not a member of the team here, so nobody would see it",
                "git naturecode team join CODE, with the code that you were sent; without one: "
                f"git naturecode team join, and ask {whom}",
            )
        device = here.standing.devices.get(self._store.device)
        if device is not None and device.revoked:
            return NotPermitted(
                f"this clone is a device of {me.email} that was revoked, so nobody would see it",
                "go on in another clone; a new one is a device of its own: git clone, then "
                "git naturecode init",
            )
        who = self._who()
        if not isinstance(who, Reason) and self._is_another(who):
            return NotPermitted(
                f"git says that {self._store.person} writes here, and this clone is a device of "
                f"{me.email}, so nobody would believe it",
                f"git config user.email {me.email} (or take GIT_AUTHOR_EMAIL back)",
            )
        if me.state == "removed":
            return NotPermitted(f"{me.email} is not a member of the team any more", f"ask {whom}")
        return NotPermitted(
            f"{me.email} may not do that: {why}",
            f"ask {whom}; `git naturecode team show` tells what each member may do",
        )
