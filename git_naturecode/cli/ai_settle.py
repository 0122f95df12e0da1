"""ai resolve of an article: a text for each place at which several people wrote something else."""

from typing import TYPE_CHECKING

from git_naturecode import errors, ids
from git_naturecode.cli import proposing
from git_naturecode.cli.answers import count
from git_naturecode.cli.context import Context
from git_naturecode.cli.options import TELL_OTHERS
from git_naturecode.domain.kinds import KB, SESSION
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_naturecode.ai.proposals.settling import Settled
    from git_naturecode.cli.kb_opened import Opened
    from git_naturecode.cli.model import Asked
    from git_naturecode.domain.kb.model import Article
    from git_naturecode.store.entry import Json

_BOTH, _DIGITS = "both", 2  # as many as the number of a text has at most
_MOST_ROWS = 12  # of a text that somebody may choose


def article_id(context: Context, wanted: str) -> str:
    """The id of the article that `wanted` means; "" where it means a session.

    Raises Usage for what means both, and Negative for what means neither.
    """
    from git_naturecode.cli.kb_named import PartOfName
    from git_naturecode.cli.reading import entity_id, opened

    if ids.ENTITY.fullmatch(wanted):
        return wanted if wanted.startswith(f"{KB}-") else ""
    near = None
    with opened(context) as (_, index):
        found = []
        for kind in (KB, SESSION):
            try:
                found.append(entity_id(index, wanted, kind, whole=True))
            except errors.Negative as unknown:
                found.append("")
                near = unknown if isinstance(unknown, PartOfName) else near
    if all(found):
        raise errors.Usage(
            f"{line(wanted)} is an article and a session", f"write {found[0]} or {found[1]}"
        )
    if not any(found):
        if near:
            raise near
        raise errors.Negative(
            f"there is no article and no session {line(wanted) or repr(wanted)}",
            "`git naturecode kb list --marked` shows where somebody has to decide",
        )
    return found[0]


def numbers(take: str | None) -> list[int]:
    """The texts that `--take` names, for each place or for all; [] where nothing was said.

    Raises Usage for what is neither a number nor `both`.
    """
    from git_naturecode.ai.proposals.settling import BOTH

    if take is None:
        return []
    words = [one.strip().casefold() for one in take.split(",")]
    if not all(one == _BOTH or _is_number(one) for one in words):
        raise errors.Usage(
            f"--take {line(take)!r} names no text",
            "the number of a text (1, 2), or both; for several places one each: --take 1,2,both",
        )
    return [BOTH if one == _BOTH else int(one) for one in words]


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) <= _DIGITS and int(word) > 0


def settle(
    context: Context, article: str, about: str, provider: str | None, model: str | None,
    accept: bool, take: "Sequence[int]", as_json: bool,
) -> None:  # fmt: skip
    """Propose a text for each marked place of the article; write it where a person accepts, or
    has named the texts to `take`."""
    from git_naturecode.ai.proposals import settling
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import makers
    from git_naturecode.kb import seen_texts

    with opened_article(context, article) as here:
        found = here.article
        state = here.store.state_dir
        if not found.marked:
            raise errors.Negative(
                f"nobody has to decide anything in {line(found.slug)}: no place of it is marked",
                "git naturecode kb list --marked",
            )
        text = found.text
        here.require_permitted(makers.revision(text, found.heads))
        if take and seen_texts.is_other(state, here.short, text):
            raise errors.NeedsPerson(
                f"there are other texts than when you looked: somebody has written in "
                f"{line(found.slug)} meanwhile",
                f"git naturecode ai resolve {here.short} shows them by their numbers",
            )
        asked = None if take else proposing.model_for(
            context, here.store, found.id, provider, model
        )  # fmt: skip
        made = settling.by_choice(text, take) if take else _proposed(context, text, about, asked)
        done = [one for one in made if one.text is not None]
        proposed = settling.applied(text, made)
        if not proposed.strip():
            raise errors.Negative("nothing would be left of it", _by_hand(here.short))
        if not as_json:
            _show(context, here, made, proposed)
        taken = bool(done) and (
            bool(take)
            or proposing.is_wanted(context, accept, "Make this the text of the article?", as_json)
        )
        written = ""
        if taken:
            how = "chosen" if take else proposing.source(asked)
            note = f"settled {count(len(done), 'place')} ({how})"
            (entry,) = here.write(makers.revision(proposed, found.heads, note))
            written = entry.id
            seen_texts.forget(state, here.short)
        else:
            seen_texts.note(state, here.short, text)
        after = here.again().article if taken else found
    if as_json:
        context.json(_json(found, made, proposed, asked, written))
    elif done:
        told = "settled" if len(done) == len(made) else f"settled {count(len(done), 'place')}"
        proposing.conclude(
            context, taken, f"{told}; {TELL_OTHERS.removeprefix('hint: ')}",
            f"git naturecode ai resolve {here.short} --accept; to write it yourself: "
            f"{_by_hand(here.short)}",
        )  # fmt: skip
    _require_all(here.short, made, after, taken=taken)


def _proposed(context: Context, text: str, about: str, asked: "Asked | None") -> "list[Settled]":
    """What the model that was `asked` proposes for each place of `text`; without one, rules."""
    from git_naturecode.ai.proposals import settling

    if asked is None:
        return settling.by_rules(text)
    made = settling.by_model(
        text, asked.model, asked.settings.limits, context.redactor,
        room=asked.settings.context_tokens, mark=proposing.mark(context), context=about,
    )  # fmt: skip
    asked.settle(context, is_good=True)
    return made


def _require_all(
    short: str, made: "Sequence[Settled]", after: "Article", *, taken: bool
) -> None:  # fmt: skip
    """Raise NeedsPerson where a place is left to decide."""
    left = sum(one.text is None for one in made)
    if left:
        some = "a text" if left == 1 else "a text each"
        raise errors.NeedsPerson(
            f"{count(left, 'place')} of {line(after.slug)} need{'s' if left == 1 else ''} somebody "
            f"who chooses {some}",
            f"git naturecode ai resolve {short} --take 1 keeps the first, --take 2 the second, "
            f"--take both joins them; {_by_hand(short)} is by hand",
        )
    if taken and after.marked:
        raise errors.NeedsPerson(
            f"in {count(len(after.places), 'place')} of {line(after.slug)} there are still several "
            "texts: others have written meanwhile",
            f"git naturecode ai resolve {short}",
        )


def _by_hand(short: str) -> str:
    return f"git naturecode kb edit {short}"


def _show(context: Context, here: "Opened", made: "Sequence[Settled]", proposed: str) -> None:
    """The proposal for people: how each place was come by, and what would change."""
    from git_naturecode.cli.output import columns, paint
    from git_naturecode.git.two_texts import compared
    from git_naturecode.render.diff import Look, file_text

    article = here.article
    for number, one in enumerate(made, 1):
        who = " and ".join(dict.fromkeys(line(by) for by, _, _ in one.place.texts))
        by = f" ({who})" if who else ""
        context.say(f"place {number}, line {one.place.start + 1}{by}: {line(one.why)}")
        if one.text is None:
            context.say("\n".join(_texts(one)))
    if proposed == article.text:
        return
    change = compared(here.store.repo, article.text, proposed, f"{article.slug}.md", 3)
    context.say("\n".join(file_text(change, Look(paint(context), columns(context)))))


def _texts(one: "Settled") -> "Iterator[str]":
    """The texts of a place by their numbers, for people."""
    for number, (by, _, said) in enumerate(one.place.texts, 1):
        rows = show(said).strip("\n").split("\n")
        yield f"  {number}  {line(by)}: {rows[0] if said.strip() else '(left out)'}"
        yield from (f"     {row}" for row in rows[1:_MOST_ROWS])
        if len(rows) > _MOST_ROWS:
            yield f"     ({len(rows) - _MOST_ROWS} lines more)"


def _json(
    article: "Article", made: "Sequence[Settled]", proposed: str, asked: "Asked | None",
    written: str,
) -> "dict[str, Json]":  # fmt: skip
    return {
        "articleId": article.id, "slug": article.slug, "source": proposing.source(asked),
        "places": [
            {
                "line": one.place.start + 1, "text": one.text, "why": one.why,
                "texts": [
                    {"authorId": by, "timestamp": time, "content": said}
                    for by, time, said in one.place.texts
                ],
            }
            for one in made
        ],
        "content": proposed, "accepted": bool(written), "revisionId": written or None,
    }  # fmt: skip
