"""Commits that came from a forge: found again by their own contents, or by their pull request.

A forge squashes the commits of a request into one whose message says `Title (#12)`, or it merges
such a one with `See merge request group/project!12`. The request's own commits are still there as
`refs/pull/12/head` or `refs/merge-requests/12/head`. What a message says is no proof: the commit
has to change what the request changes.
"""

import re
from collections.abc import Iterable, Mapping

from git_naturecode.domain.links import COMMIT, Link
from git_naturecode.git import commits as git
from git_naturecode.git import remote
from git_naturecode.git.objects import CommitInfo
from git_naturecode.linking import repair
from git_naturecode.linking.attaching import described
from git_naturecode.linking.known import Known
from git_naturecode.linking.writing import write
from git_naturecode.store.store import Store
from git_naturecode.sync import incoming, seen

_TITLE = re.compile(r"[^\n]{0,500}\(#([1-9]\d{0,8})\)[ \t\r]*(?:\n|$)")
_MERGE = re.compile(r"^See merge request [\w./-]{0,500}!([1-9]\d{0,8})[ \t\r]*$", re.M)
_REFS = ("refs/pull/{}/head", "refs/merge-requests/{}/head")
_MOST_COMMITS = 500  # that are new, looked at by one sync
_MOST_REQUESTS = 20  # asked for by one sync
_MOST_BYTES = 64 << 20  # of the pack of all of them
_MOST_CHAIN = 1000


def catch_up(store: Store, link: remote.Link) -> int:
    """Link the commits that are new on any branch since the last time; how many links.

    By what they say and change, then by the requests that they name, which are asked for over
    `link`. Raises NaturecodeError when that fails; it is not tried again then.
    """
    memory = seen.load(store)
    tips = seen.tips(store)
    head = store.team.head() or ""
    if tips == memory.tips and head == memory.head:
        return 0
    known = Known(store)
    try:
        fresh = git.new(store.repo, tips, memory.tips, _MOST_COMMITS) if tips != memory.tips else []
        before, memory.tips, memory.head = memory.tips, tips, head
        seen.save(store, memory)
        count = _late(store, known, memory)
        found = repair.look_many(store, known, fresh) if fresh else {}
        infos = git.infos(store.team.objects, fresh)
        count += _written(store, known, [one for new in found.values() for one in new], infos)
        named = {oid: n for oid, n in requests(infos).items() if oid not in found}
        if named and (before or _has_any(known)):
            count += recognise(store, link, named)
        return count
    finally:
        known.close()


def requests(infos: Mapping[str, CommitInfo]) -> dict[str, int]:
    """The commits of `infos` that a forge has made from a request, with its number."""
    found = {}
    for oid, info in infos.items():
        title = _TITLE.match(info.message)
        if title and len(info.parents) == 1:
            found[oid] = int(title[1])
        merge = _MERGE.search(info.message)
        if merge and len(info.parents) == 2 and info.parents[1] in infos:
            squashed = info.parents[1]
            if len(infos[squashed].parents) == 1:
                found[squashed] = int(merge[1])
    return found


def recognise(store: Store, link: remote.Link, named: Mapping[str, int]) -> int:
    """Link each commit of `named`, made by a forge from the request of that number; how many.

    The heads of at most 20 requests are fetched, checked as all that is fetched, and let go again.
    Nothing is linked to a commit that changes other files than its request.
    """
    if not named:
        return 0
    known = Known(store)
    try:
        infos = git.infos(store.team.objects, named)
        linked = known.links(infos)
        wanted = {oid: n for oid, n in named.items() if oid in infos and not linked[oid]}
        numbers = sorted(set(wanted.values()), reverse=True)[:_MOST_REQUESTS]
        if not numbers:
            return 0
        refs = [shape.format(number) for number in numbers for shape in _REFS]
        there = link.list_refs(refs)
        heads = {ref: oid for ref, oid in there.items() if ref in refs and COMMIT.fullmatch(oid)}
        place = incoming.place(store, link.name)
        try:
            here = git.infos(store.team.objects, heads.values())
            specs = [
                f"+{ref}:{place}{ref.removeprefix('refs/')}"
                for ref, oid in heads.items() if oid not in here
            ]  # fmt: skip
            if specs:
                link.fetch(specs, most=_MOST_BYTES)
            fresh = _matched(store, known, {o: infos[o] for o in wanted}, wanted, heads)
        finally:
            incoming.forget(store, incoming.below(store, place))
        return _written(store, known, fresh, infos)
    finally:
        known.close()


def _matched(
    store: Store, known: Known, infos: Mapping[str, CommitInfo], wanted: Mapping[str, int],
    heads: Mapping[str, str],
) -> list[Link]:  # fmt: skip
    """The links of those commits that change what their request changes."""
    patches = git.patch_ids(store.repo, dict.fromkeys(infos, ""))
    memory, fresh = seen.load(store), list[Link]()
    for oid, info in infos.items():
        for ref in (shape.format(wanted[oid]) for shape in _REFS):
            head = heads.get(ref, "")
            base = git.merge_base(store.repo, info.parents[0], head) if head else ""
            if not base or base == head or not _is_same(store, oid, base, head, patches):
                continue
            found = repair.of_chain(store, known, oid, base, head)
            fresh += [one._replace(via="forge") for one in found]
            if not found:
                memory.chains[oid] = git.between(store.repo, base, head, _MOST_CHAIN)
            break
    seen.save(store, memory)
    return fresh


def _is_same(store: Store, commit: str, base: str, head: str, patches: Mapping[str, str]) -> bool:
    """True when `commit` changes what `base` to `head` does, or at least the very same files."""
    whole = git.patch_ids(store.repo, {head: base}).get(head)
    if whole and whole == patches.get(commit):
        return True
    paths = git.changed(store.repo, [commit]).get(commit, frozenset())
    return bool(paths) and paths == git.changed_between(store.repo, base, head)


def _late(store: Store, known: Known, memory: seen.Memory) -> int:
    """Links for commits of requests whose sessions have arrived only now."""
    if not memory.chains:
        return 0
    linked = known.links(oid for chain in memory.chains.values() for oid in chain)
    done = {c for c, chain in memory.chains.items() if any(linked[oid] for oid in chain)}
    infos = git.infos(store.team.objects, done)
    there = known.links(done)
    fresh = [
        Link(old.session, commit, via="forge", origins=(old.commit,))
        for commit in done & infos.keys() if not there[commit]
        for oid in reversed(memory.chains[commit]) for old in linked[oid]
    ]  # fmt: skip
    memory.chains = {c: chain for c, chain in memory.chains.items() if c not in done}
    seen.save(store, memory)
    return _written(store, known, repair.once(known, fresh), infos)


def _written(
    store: Store, known: Known, fresh: Iterable[Link], infos: Mapping[str, CommitInfo]
) -> int:
    links = list(fresh)
    if not links:  # and nothing is opened for it
        return 0
    return write(store, known, described(store, known, links, infos))


def _has_any(known: Known) -> bool:
    return bool(known.index.values("session", "commit"))
