"""kb rm, restore, rename, tag, vote, redact: what becomes of an article besides its text."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer
from git_naturecode.cli.options import TELL_OTHERS, ArticleId, AsJson, Quiet, Reason

if TYPE_CHECKING:
    from git_naturecode.cli.kb_opened import Opened
    from git_naturecode.domain.kb.model import Revision
    from git_naturecode.store.entry import Json

RevisionId = Annotated[
    str, typer.Argument(help="A revision as `kb history` numbers them (r3), or a part of its id.")
]


def remove(
    article: Annotated[
        list[str],
        typer.Argument(metavar="ARTICLE...", help="Slugs, ids, titles, files; all or none go."),
    ],
    reason: Reason = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Delete articles; `kb restore` brings each back. An edit that you have not seen keeps
    it."""
    from git_naturecode import kb
    from git_naturecode.cli.kb_opened import folded, gone, reading_kb
    from git_naturecode.cli.reading import entity_id
    from git_naturecode.domain.kb import makers
    from git_naturecode.domain.kinds import KB
    from git_naturecode.store.store import TEAM
    from git_naturecode.store.together import write_each

    context = contexts.current(quiet)
    with reading_kb(context, writing=True) as (store, index):
        names = dict.fromkeys(entity_id(index, one, KB, whole=True) for one in article)
        found = [folded(store, one) for one in names]
        drafts = [makers.deletion(here.article.heads, reason) for here in found]
        for here, draft in zip(found, drafts, strict=True):
            if here.article.deleted:
                raise gone(here.article)
            here.require_permitted(draft)
        ids = [here.article.id for here in found]
        write_each(store, TEAM, {one: [draft] for one, draft in zip(ids, drafts, strict=True)})
        store.settle()
        if any(here.article.links for here in found):
            kb.keep_notes(store)
    told = [
        f"deleted {here.article.slug}: git naturecode kb restore {here.short} brings it back"
        for here in found
    ]
    items: list[Json] = [{"id": here.article.id, "deleted": True} for here in found]
    facts = items[0] if len(items) == 1 and isinstance(items[0], dict) else {"items": items}
    answer(context, as_json, facts, *told, TELL_OTHERS)


def restore(
    article: ArticleId,
    revision: Annotated[
        str | None, typer.Argument(help="As it was then (r3); left out: before it was deleted.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring a deleted article back, or a former text of one. That is the text that it had
    in an earlier revision."""
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.cli.kb_read import readable
    from git_naturecode.domain.kb import handles, makers

    context = contexts.current(quiet)
    with opened_article(context, article, deleted=True) as here:
        found = here.article
        if revision is not None:
            chosen = handles.revision(found, revision)
            text, note = readable(found, chosen), f"restored r{chosen.number}"
        elif found.deleted:
            text, note = _before(here), "restored"
        else:
            raise errors.Negative(
                f"{found.id} was not deleted",
                f"name a revision to go back to: git naturecode kb history {here.short}",
            )
        if not found.deleted and text == found.text:
            raise errors.Negative(f"its text is as in {revision} already; nothing was changed")
        (entry,) = here.write(makers.revision(text, found.heads, note))
    facts = {"id": found.id, "revisionId": entry.id, "deleted": False}
    told = f"{note}: git naturecode kb show {here.short}"
    answer(context, as_json, facts, told, TELL_OTHERS, entries=[entry])


def _before(here: "Opened") -> str:
    """The text that a deleted article had last."""
    from git_naturecode.domain.kb.build import build

    gone = set(here.article.heads)
    text = build([one for one in here.placed if one.entry.id not in gone]).text
    if not text:
        raise errors.Negative(
            f"of {here.article.id} no text is left",
            f"git naturecode kb edit {here.short} --file FILE gives it a new one",
        )
    return text


def rename(
    article: ArticleId,
    slug: Annotated[str, typer.Argument(help="The new name for files and commands.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give an article another slug; links by the old one still work."""
    from git_naturecode.cli.kb_add import check_slug, require_free
    from git_naturecode.cli.kb_opened import opened_article, reading_kb
    from git_naturecode.domain.kb import makers

    context = contexts.current(quiet)
    check_slug(context, slug)
    with opened_article(context, article) as here:
        before = here.article.slug
        if before == slug:
            raise errors.Negative(f"{slug} is its name already; nothing was changed")
        with reading_kb(context) as (_, index):
            require_free(index, slug, here.article.id)
        here.write(makers.rename(here.entries, slug))
    facts = {"id": here.article.id, "slug": slug, "formerSlug": before}
    told = f"{before} is {slug} now; `{before}` still leads to it"
    answer(context, as_json, facts, told, TELL_OTHERS)


def tag(
    article: ArticleId,
    add: Annotated[
        list[str] | None, typer.Option(help="Add these tags, with commas or repeated.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Take these tags away.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Add tags to an article, or take some away."""
    from git_naturecode.cli.kb_add import tags_of
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import makers
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    wanted, unwanted = tags_of(add or []), tags_of(remove or [])
    if not wanted and not unwanted:
        raise errors.Usage("which tags?", "name them with --add and --remove")
    if both := sorted(set(wanted) & set(unwanted)):
        raise errors.Usage(f"{both[0]!r} cannot be added and taken away at once")
    with opened_article(context, article) as here:
        known = here.article.tags
        if missing := [one for one in unwanted if one not in known]:
            raise errors.Negative(f"it has no tag {missing[0]!r}",
                                  f"it has {', '.join(known) or 'no tags'}")  # fmt: skip
        new = [one for one in wanted if one not in known]
        made = [makers.tag(here.entries, one, there=True) for one in new]
        made += [makers.tag(here.entries, one, there=False) for one in unwanted]
        if not made:
            raise errors.Negative(f"it has {', '.join(wanted)} already; nothing was changed")
        here.write(*made)
        tags = here.again().article.tags
    told = f"tags of {here.article.slug}: {line(', '.join(tags)) or 'none'}"
    answer(context, as_json, {"id": here.article.id, "tags": tags}, told, TELL_OTHERS)


def vote(
    article: ArticleId,
    helpful: Annotated[bool, typer.Option("--helpful", help="It helped you.")] = False,
    unhelpful: Annotated[bool, typer.Option("--unhelpful", help="It did not.")] = False,
    none: Annotated[bool, typer.Option("--none", help="Take back what you said.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say whether an article helped you; each person has one vote."""
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import makers
    from git_naturecode.domain.kb.model import HELPFUL, UNHELPFUL
    from git_naturecode.domain.people import key

    context = contexts.current(quiet)
    if helpful + unhelpful + none != 1:
        raise errors.Usage("one of --helpful, --unhelpful and --none is needed")
    value = HELPFUL if helpful else UNHELPFUL if unhelpful else ""
    with opened_article(context, article) as here:
        me = here.store.person
        changed = here.article.votes.get(key(me), "") != value
        if changed:
            here.write(makers.vote(here.entries, me, value))
        after = here.again().article
    facts = {
        "id": after.id, "vote": value or None, "helpful": after.helpful,
        "unhelpful": after.unhelpful, "changed": changed,
    }  # fmt: skip
    said = f"you find {after.slug} {value}" if value else f"you say nothing about {after.slug}"
    sums = f"helpful {after.helpful}, unhelpful {after.unhelpful}"
    answer(context, as_json, facts, f"{said}{'' if changed else ' already'} ({sums})",
           *([TELL_OTHERS] if changed else []))  # fmt: skip


def redact(
    article: ArticleId,
    revisions: Annotated[
        list[str], typer.Argument(metavar="REVISION...", help="As `kb history` numbers them (r3).")
    ],
    reason: Reason = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hide the text of revisions in every view, for good.

    Each revision holds the whole text: name all that hold what shall not be seen.
    """
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import handles, makers

    context = contexts.current(quiet)
    with opened_article(context, article, deleted=True) as here:
        found = here.article
        chosen = list(dict.fromkeys(handles.revision(found, one) for one in revisions))
        fresh = [one for one in chosen if not one.hidden]
        if not fresh:
            raise errors.Negative(f"{revisions[0]} was redacted before")
        for one in fresh:
            _require_own(here, one)
        here.write(*(makers.redaction(found, one.id, reason) for one in fresh))
        left = _still(here, fresh)
    numbers = ", ".join(f"r{one.number}" for one in fresh)
    facts = {"id": found.id, "redacted": [one.id for one in fresh], "stillIn": left}
    told = [f"redacted {numbers} of {found.slug}"]
    if left:
        told.append(
            f"warning: lines that {numbers} brought in also stand in {', '.join(left)}; if these "
            f"are the ones, git naturecode kb redact {here.short} {' '.join(left)}"
        )
    every = " ".join(f"r{one.number}" for one in fresh)
    told.append(
        "hint: views hide it from now on; the text itself stays in the log until "
        f"`git naturecode redact {found.id} {every} --rewrite`"
    )
    answer(context, as_json, facts, *told)


def _require_own(here: "Opened", one: "Revision") -> None:
    """Raise NotPermitted unless this person wrote it or began the article; where a team's rules
    hold, `write` asks these."""
    from git_naturecode.domain.people import key
    from git_naturecode.render.show import line
    from git_naturecode.teaming import Gate

    mine = {key(one.by), key(here.article.author)}
    if key(here.store.person) not in mine and Gate(here.store).standing is None:
        raise errors.NotPermitted(
            f"r{one.number} was written by {line(one.by)}",
            f"only {line(one.by)} or {line(here.article.author)}, who began the article, may "
            "redact it",
        )


def _still(here: "Opened", hidden: "list[Revision]") -> list[str]:
    """The revisions that still show a line which those that are `hidden` now have brought in."""
    bodies = {entry.id: entry.body or "" for entry in here.entries}
    brought: set[str] = set()
    for one in hidden:
        before = [bodies[name] for name in one.parents if name in bodies]
        known = {line for text in before for line in text.split("\n")}
        brought |= {line for line in (one.text or "").split("\n") if line.strip()} - known
    gone = {one.id for one in hidden}
    return [
        f"r{one.number}" for one in here.article.revisions
        if one.text and one.id not in gone and brought.intersection(one.text.split("\n"))
    ]  # fmt: skip
