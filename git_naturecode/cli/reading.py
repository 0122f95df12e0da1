"""Opening what a reading command needs, and finding the entity that a person means."""

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from git_naturecode import ids
from git_naturecode.cli.context import Context
from git_naturecode.domain.kinds import KB, REVIEW, SESSION, open_index
from git_naturecode.errors import Negative, Usage
from git_naturecode.git.run import GitFailed, tells_of_full_disk
from git_naturecode.render.show import line, show
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store
from git_naturecode.store.undone import Undone

KIND = SESSION
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)
Result = TypeVar("Result")
NEAREST = 3
_NEAR, _LEAST = 0.7, 4  # how alike ids are that may be meant, by at least so many letters
_FOREIGN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{8,99}")


@contextmanager
def opened(
    context: Context, *, writing: bool = False, first: Callable[[Store], object] | None = None
) -> Iterator[tuple[Store, Index]]:
    """The store and its index, with all that waits or was fetched taken in.

    `first` is called before the index is opened. Where no ref has moved since the last time,
    neither the joining nor the folding is loaded.
    """
    with context.store(writing=writing) as store:
        if first:
            first(store)
        _if_writable(context, store.settle)
        index = open_index(store)
        try:
            if index.seen() != tips(store):
                _catch_up(context, store, index)
            yield store, index
        finally:
            index.close()


def catch_up(context: Context, store: Store) -> None:
    """Bring the index of `store` up to date with all that waits or was fetched."""
    _if_writable(context, store.settle)
    index = open_index(store)
    try:
        if index.seen() != tips(store):
            _catch_up(context, store, index)
    finally:
        index.close()


@contextmanager
def opened_at(
    context: Context,
    wanted: str,
    kind: str = KIND,
    first: Callable[[Store], object] | None = None,
) -> Iterator[tuple[Store, str, dict[str, Json]]]:
    """The store to write in, the id of the session that `wanted` means (or of another `kind` of
    thing), and its row if known. `first` is called before the index is opened.

    The index is brought up to date only where it does not know it: to fold a long session again
    costs more than to write one entry.
    """
    with context.store(writing=True) as store:
        if first:
            first(store)
        index = open_index(store)
        try:
            try:
                entity = entity_id(index, wanted, kind, whole=True)
                known = any(store.has(log.name, kind, ids.tail(entity)) for log in store.sides)
            except Negative:
                known = False
            if not known:  # yet, or not any more: somebody may have set the branch back
                _catch_up(context, store, index)
                entity = entity_id(index, wanted, kind, whole=True)
            row = index.row(kind, ids.tail(entity))
            # What is in quarantine may say that it is encrypted; whoever writes has to look.
            if row and not row.get("encrypted") and not row.get("quarantined"):
                store.without_epoch = index.blobs(kind, ids.tail(entity))
        finally:
            index.close()
        yield store, entity, row


def tips(store: Store) -> str:
    """Where everything stands that a reading command looks at, and which remote counts."""
    heads = [log.head() for log in store.sides]
    for name in store.config.remotes():
        heads.append(store.team.objects.resolve(f"refs/remotes/{name}/{store.branch}"))
        heads += _fetched_notes(store, name)
    return " ".join([*map(str, heads), store.config.get("naturecode.remote")])


def _fetched_notes(store: Store, remote: str) -> list[str]:
    """Where the notes stand that a plain fetch brought lately (git packs such refs later on)."""
    folder = os.path.join(store.repo.common_dir, "refs/notes/remotes", remote, "naturecode")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = (
        store.team.objects.resolve(f"refs/notes/remotes/{remote}/naturecode/{n}") for n in names
    )
    return [oid or "" for oid in found]


def _catch_up(context: Context, store: Store, index: Index) -> None:
    from git_naturecode import sync

    before = tips(store)
    problems = _if_writable(context, lambda: sync.take_in_fetched(store)) or []
    for problem in problems:
        context.tell(f"warning: {show(problem)}")
    index.refresh()
    if not problems and tips(store) == before:  # else the next command looks again
        index.see(before)


def _if_writable(context: Context, change: Callable[[], Result]) -> Result | None:
    """What `change` gives; where nothing can be written here, reading goes on without it."""
    try:
        return change()
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
    except Undone as error:
        context.tell(f"warning: {show(error.message)}")
        return None
    except GitFailed as error:
        if not tells_of_full_disk(error.stderr):
            raise
    context.tell("warning: nothing can be written here; what is new may not be shown")
    return None


def session_id(index: Index, wanted: str) -> str:
    """The full id of the session that `wanted` means; see `entity_id`."""
    return entity_id(index, wanted, KIND)


def entity_id(index: Index, wanted: str, kind: str, *, whole: bool = False) -> str:
    """The full id of the thing of `kind` that `wanted` means.

    `wanted` is a full id, a unique beginning of its last part, or an id of the tool that it came
    from; of an article also a slug that it has or had, or what `kb_named.meant` takes: of a `whole`
    name no part, as it is for what changes something. Raises Negative with the nearest ids when
    there is none or more than one.
    """
    if kind == KB:
        from git_naturecode.cli import kb_named

        if called := kb_named.named(index, wanted):
            return called
    name = wanted.removeprefix("shared-") if kind == SESSION else wanted
    part = ids.tail(name) if ids.ENTITY.fullmatch(name) else name.removeprefix(f"{kind}-")
    is_other = ids.ENTITY.fullmatch(name) and not name.startswith(f"{kind}-")
    found = index.match(kind, part) if part and not is_other else []
    tails = {ids.tail(one) for one in found}
    if len(tails) == 1:
        return min(found)
    if tails:
        raise Negative(
            f"{line(wanted)} fits {len(tails)} {noun(kind)}s", f"write more: {_some(found)}"
        )
    is_text = wanted.isprintable()  # else no tool calls anything so, and it cannot be asked for
    foreign = index.page(kind, {"origin": (wanted, name)}, limit=1).rows if is_text else []
    if foreign:
        return str(foreign[0]["id"])
    if kind == KB and (loosely := kb_named.meant(index, wanted, whole=whole)):
        return loosely
    hint = _suggestion(index, name, kind)
    raise Negative(f"there is no {noun(kind)} {line(wanted) or repr(wanted)}", hint)


def check_foreign(index: Index, foreign: str, kind: str) -> None:
    """Raise Usage unless `foreign` can name a thing of `kind`, Negative where it names one yet."""
    # No shorter: else it could be the beginning of the id of some other.
    if not _FOREIGN.fullmatch(foreign.removeprefix(f"{kind}-")):
        raise Usage(
            f"{line(foreign)!r} cannot be an id",
            f"9 to 100 letters, digits and . _ : - after `{kind}-`",
        )
    try:
        known = entity_id(index, foreign, kind)
    except Negative:
        return
    raise Negative(f"{foreign} is the id of {known} already", "choose another one")


_FIRST = {
    SESSION: "see `git naturecode session import --auto`",
    REVIEW: "see `git naturecode review start`",
    KB: "see `git naturecode kb add`",
}


def noun(kind: str) -> str:
    """What a thing of `kind` is called."""
    return "article" if kind == KB else kind


def _suggestion(index: Index, name: str, kind: str) -> str:
    import difflib

    every = index.ids(kind)
    if not every:
        return f"there are no {noun(kind)}s yet; {_FIRST[kind]}"
    if kind == KB:
        from git_naturecode.cli import kb_named

        return kb_named.suggestion(index, name)
    wanted = ids.tail(name) if ids.ENTITY.fullmatch(name) else name.removeprefix(f"{kind}-")
    begins = {ids.tail(one)[: max(len(wanted), _LEAST)]: one for one in every}
    near = difflib.get_close_matches(wanted, begins, NEAREST, _NEAR)
    if not near:
        return f"`git naturecode {noun(kind)} list` shows them"
    return f"did you mean {_some([begins[one] for one in near])}?"


def _some(found: list[str]) -> str:
    more = f" and {len(found) - NEAREST} more" if len(found) > NEAREST else ""
    return ", ".join(found[:NEAREST]) + more
