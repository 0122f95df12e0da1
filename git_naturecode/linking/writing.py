"""Writing links down: on the side where the session is, by few commits, then the notes of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from git_naturecode import ids
from git_naturecode.domain import links
from git_naturecode.domain.kinds import SESSION
from git_naturecode.domain.links import Link
from git_naturecode.git import commits as git
from git_naturecode.linking import notes
from git_naturecode.linking.known import About, Known
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import PRIVATE, TEAM, Store

_FEW = 32  # entries that are acknowledged one session at a time; more go by one stream


def link(store: Store, fresh: Sequence[Link]) -> int:
    """Write those of `fresh` that are not known yet, each completed; how many those were."""
    known = Known(store)
    try:
        return write(store, known, fresh)
    finally:
        known.close()


def unlink(store: Store, session: str, commits: Iterable[str]) -> int:
    """Take the links of `session` to `commits` back, for good until somebody attaches it again."""
    known = Known(store)
    try:
        about = known.about(session)
        undone = about.links.undone if about else frozenset[str]()
        drafts = [(session, links.undoing(one)) for one in commits if one not in undone]
        write(store, known, (), drafts)
        return len(drafts)
    finally:
        known.close()


def write(
    store: Store, known: Known, fresh: Iterable[Link], more: Iterable[tuple[str, Draft]] = ()
) -> int:
    """Write `fresh`, completed, and `more` (session, entry); how many links were new."""
    whole = complete(store, _new(known, fresh))
    sides: dict[str, dict[str, list[Draft]]] = {TEAM: {}, PRIVATE: {}}
    for session, made in more:
        about = known.about(session)
        if about is not None:
            sides[about.side].setdefault(about.entity, []).append(made)
    private: dict[str, frozenset[str]] = {}
    for one in whole:
        about = known.about(one.session)
        if about is not None:
            if one.session not in private:
                private[one.session] = _unshared(store, about) if one.wrote else frozenset()
            for side, part in _by_side(one, about, private[one.session]):
                sides[side].setdefault(about.entity, []).append(links.draft(part))
    sides[TEAM] = _permitted(store, sides[TEAM])
    for side, by_session in sides.items():
        _write_side(store, side, by_session)
    if sides[TEAM] or sides[PRIVATE]:
        store.settle()
        if sides[TEAM]:
            notes.refresh(store)
    return len(whole)


def _unshared(store: Store, about: About) -> frozenset[str]:
    """The messages of a shared session that are still private."""
    tail = ids.tail(about.entity)
    if not about.shared or not store.has(PRIVATE, SESSION, tail):
        return frozenset()
    placed = store.read(tail, SESSION)
    shared = {one.entry.id for one in placed if one.side == TEAM}
    return frozenset(one.entry.id for one in placed if one.side == PRIVATE) - shared


def _by_side(one: Link, about: About, private: frozenset[str]) -> Iterator[tuple[str, Link]]:
    """What is written of `one` on which side: facts about private messages stay with these."""
    kept = tuple(fact for fact in one.wrote if fact.message in private)
    yield about.side, one._replace(wrote=tuple(fact for fact in one.wrote if fact not in kept))
    if kept:
        yield PRIVATE, one._replace(wrote=kept)


def _write_side(store: Store, side: str, drafts: Mapping[str, list[Draft]]) -> None:
    if sum(map(len, drafts.values())) <= _FEW:
        for entity, said in drafts.items():
            store.write(side, entity, said)
        return
    with bulk(store, side) as writer:
        for entity, said in drafts.items():
            writer.write(entity, said)


def _permitted(store: Store, drafts: Mapping[str, list[Draft]]) -> dict[str, list[Draft]]:
    """Those of `drafts` that a team lets this person say; nobody waits for the others."""
    if not drafts:
        return {}
    from git_naturecode import teaming

    gate = teaming.Gate(store)
    if gate.standing is None:
        return dict(drafts)
    from git_naturecode.domain.session import build

    there = {one: build(store.read(ids.tail(one), SESSION)) for one in drafts}
    return {
        one: said
        for one, said in drafts.items()
        if not any(gate.objection(draft, there[one]) for draft in said)
    }


def _new(known: Known, fresh: Iterable[Link]) -> list[Link]:
    """Those that say what no entry says yet."""
    found: dict[tuple[str, str], Link] = {}
    for one in fresh:
        about = known.about(one.session)
        if about is not None and not _is_said(about, one):
            found[one.session, one.commit] = one
    return list(found.values())


def _is_said(about: About, one: Link) -> bool:
    there = about.links.live.get(one.commit)
    return there is not None and set(one.wrote) <= set(there.wrote)


def complete(store: Store, fresh: Sequence[Link]) -> list[Link]:
    """`fresh` with the tree and the patch id of each commit that is here, found for all at once."""
    bare = [one.commit for one in fresh if not one.tree]
    infos = git.infos(store.team.objects, bare)
    patches = git.patch_ids(store.repo, dict.fromkeys(infos, ""))
    return [
        one._replace(tree=infos[one.commit].tree, patch=patches.get(one.commit, ""))
        if one.commit in infos and not one.tree
        else one
        for one in fresh
    ]
