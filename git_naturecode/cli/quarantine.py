"""quarantine list, show, adopt, drop: what nobody may say, and what becomes of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.output import page
from git_naturecode.cli.reading import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Placed, Store
    from git_naturecode.trusting.watching import Held

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...", help="Ids of entries, or of what they are about, or parts that are unique."
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Also what was dropped.")]


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    about = "What is kept out of sight, since nobody may say it."
    verbs: groups.Verbs = {"list": list_held, "show": show, "adopt": adopt, "drop": drop}
    groups.hang(tree, name, about, verbs)


def list_held(
    everything: Everything = False, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """List what is kept out of every view, and why."""
    from git_naturecode.render import trust as render
    from git_naturecode.render.show import line
    from git_naturecode.trusting import watching

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        held = [one for one in watching.quarantine(store) if everything or not one.dropped]
        watching.remember(store, held)
    items = [one._asdict() for one in held]
    if as_json:
        context.json({"items": [render.held_json(one) for one in items], "total": len(items)})
    elif items:
        page(context, render.held_text(items))
        first = line(held[0].id)
        context.tell(f"hint: `git naturecode quarantine show {first}` shows what it says")
    else:
        context.tell("nothing is in quarantine")


def show(wanted: Ids, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Show what an entry in quarantine says, as data from a stranger."""
    from git_naturecode.render import trust as render
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        held = _found(store, wanted)
        texts = [_text(store, one) for one in held]
    if as_json:
        items = [
            {**render.held_json(one._asdict()), "userId": by, "text": text}
            for one, (by, text) in zip(held, texts, strict=True)
        ]
        context.json({"items": items})
    else:
        pairs = [(one._asdict(), *found) for one, found in zip(held, texts, strict=True)]
        page(context, render.held_texts(pairs))
        which = " ".join(wanted)
        context.tell(
            f"hint: `git naturecode quarantine adopt {line(which)}` takes it in for everybody (a "
            "maintainer may), `drop` in its place hears no more of it here, and with "
            "--for-everybody anywhere (a maintainer may)"
        )


def adopt(
    wanted: Ids,
    reason: Annotated[str, typer.Option(help="Why; everybody can read it.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take entries out of quarantine for everybody. In your own name; it is for
    maintainers."""
    from git_naturecode.domain.policy import ops
    from git_naturecode.trusting import watching

    context = contexts.current(quiet)
    with opened(context) as (store, _):
        held = _found(store, wanted)
        _say(store, held, reason, ops.adopt)
        left = {one.hash for one in watching.quarantine(store)}
    taken = [one for one in held if one.hash not in left]
    if as_json:
        context.json({"adopted": len(taken)})
        return
    context.say(f"adopted {_count(taken)}; the others see it after `git naturecode sync`")


def drop(
    wanted: Ids,
    for_everybody: Annotated[
        bool,
        typer.Option(help="In your own name, for all clones and for `verify` in CI (maintainers)."),
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Why, with --for-everybody; everybody can read it.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hear no more of entries in quarantine, in this clone. They stay out of every view."""
    from git_naturecode.domain.policy import ops
    from git_naturecode.trusting import watching

    context = contexts.current(quiet)
    if reason and not for_everybody:
        raise errors.Usage(
            "nobody reads the reason for what is dropped in this clone alone",
            "git naturecode quarantine drop ID --for-everybody --reason R",
        )
    with opened(context) as (store, _):
        held = _found(store, wanted)
        if for_everybody:
            _say(store, held, reason, ops.drop)
        else:
            watching.drop(store, held)
    if as_json:
        context.json({"dropped": len(held), "forEverybody": for_everybody})
        return
    ending = "; the others hear no more of it after `git naturecode sync`"
    shown = "; `git naturecode quarantine list --all` still shows it"
    context.say(f"dropped {_count(held)}{ending if for_everybody else shown}")


def _say(
    store: "Store", held: "Sequence[Held]", reason: str,
    made: "Callable[[str, Sequence[tuple[str, str]], str], dict[str, Json]]",
) -> None:  # fmt: skip
    """Say in the trust log what becomes of `held`; raises NotPermitted for who may not."""
    from git_naturecode import trusting

    standing = trusting.standing(store)
    by: dict[str, list[tuple[str, str]]] = {}
    for one in held:
        by.setdefault(one.entity, []).append((one.id, one.hash))
    said = [made(entity, names, reason) for entity, names in sorted(by.items())]
    for op in said:
        if why := standing.objection(store.device, op):
            raise errors.NotPermitted(
                f"only a maintainer or an admin may {op['op']} for everybody: {why.text}",
                "git naturecode team show says who that is",
            )
    trusting.append(store, said)


def _count(held: "Sequence[Held]") -> str:
    return f"{len(held)} entr{'y' if len(held) == 1 else 'ies'}"


def _found(store: "Store", wanted: list[str]) -> "list[Held]":
    """The entries in quarantine that `wanted` names; raises Negative for what is none."""
    from git_naturecode.render.show import line
    from git_naturecode.trusting import watching

    held = watching.quarantine(store)
    found: list[Held] = []
    for name in wanted:
        these = [one for one in held if name in (one.id, one.entity)]
        near = [one for one in held if one.id.startswith(name) or one.entity.endswith(f"-{name}")]
        these = these or (near if len({one.id for one in near}) == 1 else [])
        if not these:
            many = f"fits {len(near)} entries" if near else "is not in quarantine"
            raise errors.Negative(f"{line(name)} {many}", "git naturecode quarantine list")
        found += [one for one in these if one not in found]
    return found


def _text(store: "Store", held: "Held") -> tuple[str, str]:
    """Whom an entry names as its author, and its text."""
    from git_naturecode import ids

    key = (held.id, held.hash)
    placed: list[Placed] = store.read_all(ids.tail(held.entity), held.entity.split("-")[0])
    entry = next((one.entry for one in placed if one.entry.key == key), None)
    if entry is None:
        return "", ""
    return str(entry.header.get("by", "")), entry.body or entry.line
