"""kb search: one question to articles, sessions and reviews."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.kb_read import Limit, Since, Tags, Types, check_types, words_of
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import columns, page, paint
from git_naturecode.domain.kinds import KB
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.kb.finding import Found, Query
    from git_naturecode.render.found import Shown
    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.meaning import Embedder
    from git_naturecode.store.spelling import Slip
    from git_naturecode.store.store import Store

_SHOWN = 200  # characters of what was asked for
_WORDS = 'Words, best all of them; "a phrase", begin*, -without (after --).'


def search(
    query: Annotated[list[str], typer.Argument(help=_WORDS)],
    type: Types = None,
    tag: Tags = None,
    author: Annotated[
        str | None, typer.Option(help="Begun by this person; of sessions: taking part (address).")
    ] = None,
    since: Since = None,
    until: Annotated[
        str | None, typer.Option(help="Changed until: 12h, 7d, 4w, 3mo ago or to the end of a day.")
    ] = None,
    sort: Annotated[str, typer.Option(help="relevance or date.")] = "relevance",
    among: Annotated[
        list[str] | None,
        typer.Option("--in", help="kb, sessions, reviews (commas); all of them if not said."),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Only these words, none that mean the same.")
    ] = False,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Also what means the same; needs the extra.")
    ] = False,
    limit: Limit = 20,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find what was written or said: articles, sessions and reviews.

    "means the same" stands at what has none of the words but others for the same thing, "related"
    at what has none of them and is like the best match; --exact leaves both out.
    """
    from git_naturecode.kb import finding

    context = contexts.current(quiet)
    words = " ".join(query)
    if not words.strip():
        raise errors.Usage("there is nothing to search for", "name a word that was written")
    check_types(type or [])
    _check_order(sort, exact=exact, semantic=semantic)
    tags = [one for listed in tag or [] for one in words_of(listed)]
    wanted = finding.Query(
        words, _kinds(among or [], with_types=bool(type)), type or [], tags, author or "",
        _time(since, context), _time(until, context, to_its_end=True), sort, limit,
        not exact,
    )  # fmt: skip
    answer = _answer(context, wanted, semantic=semantic, with_texts=as_json)
    _tell_hints(context, answer, wanted)
    if as_json:
        context.json(answer.json())
    elif answer.found:
        from git_naturecode.render import found as render

        page(context, render.text(answer.shown, paint(context), columns(context)))
    if not answer.found:
        shown = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
        raise errors.Negative(f"no match for {shown!r}", _advice(answer, wanted))


class _Answer(NamedTuple):
    """What was found, as it is shown and, where asked for, its texts; of how many entries so many
    were read; words that may be slips; encrypted sessions that nobody looked into; whether there
    is more than was asked for; which filter leaves nothing; whether meaning was asked, too."""

    found: "list[Found]"
    shown: "list[Shown]"
    texts: list[str]
    filled: int
    total: int
    slips: "Sequence[Slip]"
    left_out: int
    has_more: bool
    why: str
    by_meaning: bool

    def json(self) -> "dict[str, Json]":
        """For programs."""
        from git_naturecode.render import found as render

        items = [
            render.json(_row(one, text), seen, one.kind, one.entry, one.score)
            for one, seen, text in zip(self.found, self.shown, self.texts, strict=True)
        ]
        meant = [{"word": slip.word, "meant": slip.meant} for slip in self.slips]
        return {
            "items": items, "indexed": self.filled, "total": self.total, "meant": meant,
            "hasMore": self.has_more,
        }  # fmt: skip


def _answer(
    context: contexts.Context, wanted: "Query", *, semantic: bool, with_texts: bool
) -> _Answer:
    from git_naturecode.cli.filling import fill, learn
    from git_naturecode.cli.kb_opened import reading_kb
    from git_naturecode.kb import finding

    with reading_kb(context) as (store, index):
        filled, total = fill(context, store, index, wanted.kinds)
        embedder = _embedder(context, store, asked=semantic) if _is_ranked(wanted) else None
        if embedder:
            learn(context, store, index, wanted.kinds, embedder)
        found = finding.find(store, index, wanted._replace(limit=wanted.limit + 1), embedder)
        has_more, found = len(found) > wanted.limit, found[: wanted.limit]
        why = "" if found else finding.why_none(store, index, wanted, embedder)
        left_out = finding.not_searched(store, index, wanted)
        slips = index.slips(wanted.kinds, wanted.text)
        texts = [_text(store, index, one) if with_texts else "" for one in found]
        shown = _shown(index, found)
        return _Answer(
            found, shown, texts, filled, total, slips, left_out, has_more, why, bool(embedder)
        )  # fmt: skip


def _text(store: "Store", index: "Index", found: "Found") -> str:
    """The text of an article: of a marked one with the marks, which the index leaves out."""
    if found.kind != KB or not found.row["marked"]:
        return index.text(KB, found.row)
    from git_naturecode.cli.kb_opened import folded

    return folded(store, found.id).article.text


def _tell_hints(context: contexts.Context, answer: _Answer, query: "Query") -> None:
    from git_naturecode.render import found as render

    for slip in answer.slips if answer.found else ():  # else the error says so
        context.tell(f"hint: {render.slip_text(*slip)}")
    if answer.has_more:
        best = "best" if query.sort != "date" else "latest"
        these = f"this is the {best}" if query.limit == 1 else f"these are the {best} {query.limit}"
        context.tell(f"hint: {these}; --limit shows more")
    if answer.left_out:
        context.tell(
            f"hint: {count(answer.left_out, 'encrypted session')} not searched; "
            "`git config naturecode.searchEncrypted true` keeps their words in a file of yours"
        )


def _check_order(sort: str, *, exact: bool, semantic: bool) -> None:
    """Raise Usage for an order that there is none of, or that --semantic cannot have."""
    from git_naturecode.kb import finding

    if sort not in (finding.RELEVANCE, finding.DATE):
        raise errors.Usage(f"{sort!r} is no order", "use relevance or date")
    if semantic and (exact or sort == finding.DATE):
        other = "--exact" if exact else "--sort date"
        raise errors.Usage(f"--semantic and {other} exclude each other", "leave one out")


def _kinds(among: list[str], *, with_types: bool) -> list[str]:
    """The kinds that `--in` names; all if it names none, and only articles have types."""
    from git_naturecode.kb.finding import SEARCHED

    called = {one.called: one.kind for one in SEARCHED}
    names = [name for listed in among for name in words_of(listed)]
    for name in names:
        if name not in called:
            raise errors.Usage(f"{name!r} cannot be searched", "use " + ", ".join(called))
    kinds = [called[name] for name in dict.fromkeys(names)] or list(called.values())
    if with_types and KB not in kinds:
        raise errors.Usage("only articles have a --type", "leave it out, or search --in kb")
    return [KB] if with_types else kinds


def _embedder(context: contexts.Context, store: "Store", *, asked: bool) -> "Embedder | None":
    """What finds by meaning, if that is wanted; without the package only who asked is refused."""
    from git_naturecode.domain.kinds import BY_MEANING

    if not asked and not store.config.flag(BY_MEANING, False):
        return None
    from git_naturecode.kb import embedding

    try:
        return embedding.load()
    except errors.Unsupported as error:
        if asked:
            raise
        context.tell(f"hint: {BY_MEANING} is set, but {error.message}; {error.hint}")
        return None


def _time(text: str | None, context: contexts.Context, *, to_its_end: bool = False) -> str:
    """The time that an option names in ISO 8601, of a day its begin or its end; "" for none."""
    from git_naturecode import clock

    if not text:
        return ""
    is_day = len(text) == len("2026-11-26") and text.count("-") == 2
    return clock.iso(
        clock.since(text, context.now_ms()) + (clock.DAY_MS if is_day and to_its_end else 0)
    )


def _shown(index: "Index", found: "list[Found]") -> "list[Shown]":
    from git_naturecode import ids
    from git_naturecode.cli import kb_named
    from git_naturecode.render.found import Shown

    names = kb_named.shown(index, [one.row for one in found if one.kind == KB])
    return [
        Shown(
            one.title, str(one.row["type"] if one.kind == KB else one.kind),
            str(one.row["updatedAt"])[:10], one.snippet, one.more, one.related,
            one.by_meaning, one.same,
            f"git naturecode {one.opens} {names.get(one.id) or ids.tail(one.id)}{_place(one)}",
        )
        for one in found
    ]  # fmt: skip


def _place(found: "Found") -> str:
    """The message or comment of a session in which the passage stands: `#ID`; "" of others."""
    from git_naturecode.domain.kinds import SESSION
    from git_naturecode.store import entry

    is_id = any(one.isdigit() for one in found.entry)  # and no word for what it is
    is_named = found.kind == SESSION and is_id and entry.ID.fullmatch(found.entry)
    return f"#{found.entry}" if is_named else ""


def _row(found: "Found", content: str) -> "dict[str, Json]":
    return {**found.row, "content": content} if found.kind == KB else found.row


def _advice(answer: _Answer, query: "Query") -> str:
    """What to try after a search that found nothing."""
    if not answer.total:
        return "nothing is here yet: see `git naturecode kb add` and `git naturecode kb import`"
    if answer.filled < answer.total:
        return "not all is read yet: search again soon"
    if answer.slips:
        from git_naturecode.render.found import slip_text

        return "; ".join(slip_text(*slip) for slip in answer.slips)
    if answer.why:
        return line(answer.why)
    if not answer.by_meaning and _can_mean(query):
        return "one of the words is enough: try others, or --semantic for what means the same"
    return "one of the words is enough: try others; what others wrote comes with sync"


def _can_mean(query: "Query") -> bool:
    """Whether asking by meaning would do something here."""
    from git_naturecode.kb import embedding

    return _is_ranked(query) and embedding.is_installed()


def _is_ranked(query: "Query") -> bool:
    from git_naturecode.kb import finding

    return query.wide and query.sort != finding.DATE
