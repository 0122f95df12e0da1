"""kb suggest: articles that may help with what is being worked on, each with the reason."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import page, paint
from git_naturecode.domain.kinds import KB
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_naturecode.kb.suggesting import Suggestion, Work
    from git_naturecode.render.paint import Paint
    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

_MOST_FILES = 50
_MOST_NEW = 20  # new files that are looked into
_REQUESTS = 3  # of the active session


def suggest(
    task: Annotated[str, typer.Option(help="What is to be done, in words.")] = "",
    file: Annotated[
        list[str] | None,
        typer.Option(help="A file that it is about; several. Left out: those being changed."),
    ] = None,
    limit: Annotated[
        int, typer.Option("-n", "--limit", min=1, max=20, help="So many at most.")
    ] = 5,
    provider: Annotated[
        str | None,
        typer.Option(help="builtin (no key, no network), deepseek, openai, anthropic, ollama, ..."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The name of the model.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Suggest articles for the work at hand, each with the reason.

    Looked at are the files being changed, the branch and its commits, the last requests of the
    active session, and what you name. Ends with 1 where nothing fits.
    """
    from git_naturecode.cli.filling import fill
    from git_naturecode.cli.kb_opened import reading_kb

    context = contexts.current(quiet)
    if len(file or []) > _MOST_FILES:
        raise errors.Usage(f"{len(file or [])} files are too many", f"name {_MOST_FILES} at most")
    with reading_kb(context) as (store, index):
        filled, total = fill(context, store, index, (KB,))
        work = _work(context, store, task.strip(), file or [])
        found, source = _judged(context, store, index, work, limit, provider, model)
        names = _names(index, found)
    if as_json:
        items: list[Json] = [
            {
                **one.row, "kind": KB, "score": round(one.score, 4), "why": list(one.why),
                "command": f"git naturecode kb show {names[one.id]}",
            }
            for one in found
        ]  # fmt: skip
        context.json({"items": items, "source": source, "context": _told(work)})
    elif found:
        page(context, _text(found, names, paint(context)))
    if not found:
        raise errors.Negative(
            "nothing in the knowledge base seems to be about this", _advice(filled, total, work)
        )


def _work(context: contexts.Context, store: "Store", task: str, files: "Sequence[str]") -> "Work":
    """What is being worked on, as far as it can be seen from here."""
    from git_naturecode.git import underway, worktree
    from git_naturecode.kb.suggesting import Work

    here = underway.underway(store.repo)
    prefix = worktree.prefix(store.repo, context.cwd)
    named = tuple(dict.fromkeys(_inside(prefix, one) for one in files))
    texts = underway.texts(store.repo, named or here.new[:_MOST_NEW])
    session, requests = _session(context, store)
    return Work(here, task, named, session, requests, tuple(texts))


def _inside(prefix: str, path: str) -> str:
    """`path`, as seen from here, from the top of the work tree; it need not exist yet.

    Raises NotPermitted for what is elsewhere.
    """
    import posixpath

    whole = posixpath.normpath(posixpath.join(prefix, path))
    if whole.startswith(("../", "/")) or whole in ("..", ".") or "\0" in path:
        raise errors.NotPermitted(
            f"{line(path) or repr(path)} is not a file of this work tree",
            "name it as seen from where you are",
        )
    return whole


def _session(context: contexts.Context, store: "Store") -> tuple[str, tuple[str, ...]]:
    """The active session and what was asked for in it last; empty for none, and for what is sealed
    or hidden."""
    from git_naturecode import ids
    from git_naturecode.store import active

    session = active.look(store.repo, context.environ).session
    if not session:
        return "", ()
    from git_naturecode.domain import session as sessions
    from git_naturecode.domain.kinds import SESSION
    from git_naturecode.domain.said import ENCRYPTED

    built = sessions.build(store.read(ids.tail(session), SESSION))
    asked = [
        one.text[:2_000]
        for one in built.messages[-200:]
        if one.role == "user" and not one.hidden and not {"purged", ENCRYPTED} & set(one.flags)
    ]
    return session, tuple(asked[-_REQUESTS:])


def _judged(
    context: contexts.Context, store: "Store", index: "Index", work: "Work", limit: int,
    provider: str | None, model: str | None,
) -> "tuple[list[Suggestion], str]":  # fmt: skip
    """The suggestions, and who made them: the rules, or a model that chooses among what they
    offer."""
    from git_naturecode.kb import suggesting

    if not (provider or model or context.config.get("naturecode.ai.provider")):
        return suggesting.suggest(index, work, limit), "builtin"
    from git_naturecode.ai import settings
    from git_naturecode.cli import model as models

    wanted = models.chosen(context, store, provider, model)
    if wanted.speaks == settings.BUILTIN:
        if model:
            raise errors.Usage("the built-in rules have no models", "leave --model out")
        return suggesting.suggest(index, work, limit), settings.BUILTIN
    offered = suggesting.suggest(index, work, suggesting.OFFERED, offered=True)
    if not offered:
        return [], wanted.label
    from git_naturecode.ai.knowledge import ranking

    asked = models.opened(context, store, wanted, "kb-suggest")
    about = ranking.About(
        _project(store), work.changed or work.recent, _task(work),
        tuple(index.values(KB, "tag")[:100]),
    )  # fmt: skip
    ranked = ranking.ranked(
        about,
        [ranking.Offered(one.id, one.row, index.text(KB, one.row)[:1_500]) for one in offered],
        asked.model, wanted.limits, context.redactor, limit=limit,
        room=wanted.context_tokens, random=context.random,
    )  # fmt: skip
    asked.settle(context, is_good=True)
    by_id = {one.id: one for one in offered}
    chosen = [by_id[name]._replace(why=(why,) if why else by_id[name].why) for name, why in ranked]
    return chosen, wanted.label


def _project(store: "Store") -> str:
    import posixpath

    return posixpath.basename((store.repo.work_tree or store.repo.common_dir).rstrip("/"))


def _task(work: "Work") -> str:
    """What is being done, in words: as said, else the last request, the branch, the commits."""
    if work.task:
        return work.task
    said = [*work.requests[-1:], work.underway.branch]
    said += [one.subject for one in work.underway.recent[:3]]
    return "; ".join(one for one in said if one)


def _names(index: "Index", found: "Sequence[Suggestion]") -> "dict[str, str]":
    from git_naturecode import ids
    from git_naturecode.cli import kb_named

    known: Mapping[str, str] = kb_named.shown(index, [one.row for one in found])
    return {one.id: known.get(one.id) or ids.tail(one.id) for one in found}


def _text(found: "Sequence[Suggestion]", names: "Mapping[str, str]", paint: "Paint") -> str:
    rows = []
    for one in found:
        what = paint.dim(f"{line(str(one.row['type']))}, {line(str(one.row['updatedAt'])[:10])}")
        rows.append(f"{paint.bold(line(str(one.row['title'])) or '(no title)')}  {what}")
        rows.append(f"    {line('; '.join(one.why))}")
        rows.append("    " + paint.yellow(line(f"git naturecode kb show {names[one.id]}")))
    return "\n".join(rows)


def _told(work: "Work") -> "dict[str, Json]":
    return {
        "branch": work.underway.branch, "files": list(work.changed),
        "recentFiles": list(work.recent), "task": work.task, "sessionId": work.session or None,
    }  # fmt: skip


def _advice(filled: int, total: int, work: "Work") -> str:
    """What to try where nothing fits."""
    if not total:
        return "there are no articles yet: see `git naturecode kb add` and `kb import`"
    if filled < total:
        return "not all is read yet: ask again soon"
    if not work.task:
        return "say what you want to do: --task TEXT"
    return "other words may be in them: git naturecode kb search WORDS"
