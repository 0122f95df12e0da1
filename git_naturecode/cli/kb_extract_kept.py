"""What becomes of proposals: which are new, which are edits of articles, and how they are kept."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from git_naturecode import errors, ids
from git_naturecode.ai.knowledge import near
from git_naturecode.ai.knowledge.proposal import CODE_KINDS, Proposal
from git_naturecode.cli.context import Context
from git_naturecode.cli.kb_opened import folded, opened_article, reading_kb
from git_naturecode.domain.kb.model import Article
from git_naturecode.domain.kinds import KB
from git_naturecode.store.entry import Draft
from git_naturecode.store.index import Index
from git_naturecode.store.store import TEAM, Store

_LOOKED_AT = 5  # articles that are compared with one proposal
_ADVICE = "Change the article in Markdown; the first heading (# ...) is its title."


@dataclass
class Offer:
    """A proposal as it is offered: an article of its own, or an edit of the article `edits`.

    `before` is the text of that article, `text` what it would be; `saved` the id of the article
    once it is kept.
    """

    number: int
    proposal: Proposal
    title: str
    text: str
    edits: str = ""
    slug: str = ""
    before: str = ""
    saved: str = ""


class Keeper:
    """Compares proposals with the knowledge base, and keeps those that are taken."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def require_permitted(self) -> None:
        """Raise NotPermitted, before anybody is asked, where the team lets nothing be kept."""
        from git_naturecode.domain.kb import makers
        from git_naturecode.teaming import Gate

        with reading_kb(self.context) as (store, _):
            Gate(store).require_article([makers.opening("t", "article", "s")], None)

    def offers(self, proposals: Sequence[Proposal], types: set[str]) -> list[Offer]:
        """Those of `proposals` that are new, with their numbers among all of them.

        `types` narrows to these kinds and types, if there are any.
        """
        with reading_kb(self.context) as (store, index):
            while index.fill(kinds=(KB,)):
                pass
            every = (
                self._offer(store, index, number, one)
                for number, one in enumerate(proposals, 1)
                if not types or one.kind in types or one.type in types
            )
            return [one for one in every if one is not None]

    def _offer(self, store: Store, index: Index, number: int, one: Proposal) -> Offer | None:
        from git_naturecode.domain.kb.row import origin_key

        made = Offer(number, one, one.title, one.body)
        known = index.page(KB, {"origin": (origin_key(dict(one.origin)),)}).rows
        if known:  # a deleted one is not wanted
            row = next((row for row in known if not row["deleted"]), None)
            if row is None or one.kind not in CODE_KINDS or "session" in one.origin:
                return None
            article = folded(store, str(row["id"])).article
            return None if article.text == one.body else _edit(made, article, one.body)
        articles = self._looked_up(store, index, one)
        found = near.near(one, [(each.id, each.title, each.text) for each in articles])
        if not found or "code" in one.origin:
            return made
        made.proposal = one._replace(near=found)
        article = next(each for each in articles if each.id == found[0].id)
        if near.is_said(one, article.text):
            return None
        return _edit(made, article, near.added(article.text, one))

    def _looked_up(self, store: Store, index: Index, one: Proposal) -> list[Article]:
        """The articles that are most likely to say the same."""
        hits = index.search(
            (KB,), near.asked(one), _LOOKED_AT, {"state": ("live",)}, grouped=True
        )  # fmt: skip
        found = []
        for hit in hits:
            with suppress(errors.Negative):
                article = folded(store, str(hit.row["id"])).article
                if not article.deleted and not article.marked:
                    found.append(article)
        return found

    def edit(self, offer: Offer) -> bool:
        """Let the person change what is offered in his editor; False where nothing is left."""
        from git_naturecode.cli.kb_add import title_of
        from git_naturecode.cli.kb_text import Kept, checked
        from git_naturecode.domain.kb import texts

        kept = Kept(self.context, "proposal")
        head = "" if offer.edits else f"# {offer.title}\n\n"
        text = kept.edited(head + offer.text, _ADVICE)
        first, _, rest = text.partition("\n")
        if not offer.edits and texts.title_of(first):
            offer.title, text = title_of(texts.title_of(first)), rest.lstrip("\n")
        if not text.strip():
            kept.forget()
            return False
        offer.text = checked(text)
        kept.forget()
        return True

    def save(self, offer: Offer) -> str:
        """Write down what is offered; the id of the article."""
        return self._save_edit(offer) if offer.edits else self._save_new(offer)

    def _save_new(self, offer: Offer) -> str:
        from git_naturecode.cli.kb_add import free_slug
        from git_naturecode.domain.kb import makers
        from git_naturecode.teaming import Gate

        one, context = offer.proposal, self.context
        entity = ids.new_entity(KB, context.now_ms(), context.random)
        with reading_kb(context, writing=True) as (store, index):
            shown = context.redactor.text(offer.title)[0]
            offer.slug = free_slug(index, entity, one.type, shown, "")
            made = [makers.opening(offer.title, one.type, offer.slug, one.origin)]
            made += [makers.tag([], tag, there=True) for tag in one.tags]
            made += [makers.revision(offer.text, []), *_links(one, ())]
            Gate(store).require_article(made, None)
            store.write(TEAM, entity, made)
            store.settle()
        return entity

    def _save_edit(self, offer: Offer) -> str:
        from git_naturecode.domain.kb import makers

        with opened_article(self.context, offer.edits) as here:
            if here.article.text != offer.before:
                raise errors.Negative(
                    f"{offer.slug} was changed meanwhile", "the same command proposes it anew"
                )
            note = f"from {offer.proposal.sources[0].label}" if offer.proposal.sources else ""
            made = [makers.revision(offer.text, here.article.heads, note)]
            made += _links(offer.proposal, [one.to for one in here.article.links])
            here.write(*made)
        return offer.edits


def _edit(offer: Offer, article: Article, text: str) -> Offer:
    offer.edits, offer.slug = article.id, article.slug
    offer.title, offer.before, offer.text = article.title, article.text, text
    return offer


def _links(one: Proposal, known: Iterable[str]) -> list[Draft]:
    """Links to the sessions that it comes from, unless they are `known`."""
    from git_naturecode.domain.kb import makers

    there = set(known)
    named = dict.fromkeys(source.session for source in one.sources if source.session)
    return [makers.link(name) for name in named if name not in there]
