"""Links of articles to commits that git has made anew: they follow an amend, a rebase, a squash.

Git takes the notes along (`notes.rewriteRef`, see linking/notes). So a line about an article that
stands at a commit to which the article is not linked tells that this was made from one to which it
is, also where no hook was there to say so.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from git_naturecode import ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import KIND, Article, Link
from git_naturecode.domain.kb.notes import COMMIT, article_of
from git_naturecode.domain.review.following import GONE
from git_naturecode.domain.said import text_of
from git_naturecode.errors import NotPermitted, Usage
from git_naturecode.git import commits, tree
from git_naturecode.git.objects import CommitInfo, Missing
from git_naturecode.kb import lines, noted
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.notes_state import NOWHERE
from git_naturecode.store.store import TEAM, Store
from git_naturecode.teaming import Gate

_MOST = 20_000
"""Notes that are looked at, of one rewriting of the history: what is beyond stays where it was."""


def follow(store: Store) -> int:
    """Have links lead to the commits that theirs became since the notes were last made right.

    How many articles that were. What the team does not let this person say is left out. Costs
    nothing where nobody else wrote notes.
    """
    by_article: dict[str, list[str]] = {}
    for commit, entity in _carried(store):
        by_article.setdefault(entity, []).append(commit)
    if by_article and store.redactor is None:
        from git_naturecode.redact import of_work_tree

        store.redactor = of_work_tree(store.environ, store.repo.work_tree)
    return sum(_say(store, entity, found) for entity, found in by_article.items())


def _carried(store: Store) -> Iterator[tuple[str, str]]:
    """(commit, article) of each line that came to stand in the notes without us."""
    objects = store.team.objects
    tip, last = objects.resolve(noted.REF), noted.STATE.last(store)[1]
    if tip is None or last in (NOWHERE, tip):
        return
    try:
        before, now = (tree.tree_of(objects, one) for one in (last, tip))
        for path, _, new in islice(tree.differences(objects, before, now), _MOST):
            commit = path.replace("/", "")
            if new and COMMIT.fullmatch(commit):
                told = map(article_of, objects.read(new)[1].split(b"\n"))
                yield from ((commit, entity) for entity in dict.fromkeys(filter(None, told)))
    except Missing:  # what a purge has left, or a shallow clone
        return


def _say(store: Store, entity: str, found: Sequence[str]) -> bool:
    placed = [one for one in store.read(ids.tail(entity), KIND) if one.side == TEAM]
    article, entries = build(placed), [one.entry for one in placed]
    known = {text_of(one, "to") for one in entries if one.kind in ("link", "unlink")}
    fresh = [commit for commit in found if commit not in known]
    if not fresh or not article.opened or article.deleted:
        return False
    drafts = list(_drafts(store, article, entries, fresh))
    if not drafts:
        return False
    try:
        Gate(store).require_article(drafts, article)
    except NotPermitted:
        return False
    store.write(TEAM, article.id, drafts)
    store.settle()
    return True


def _drafts(
    store: Store, article: Article, entries: Sequence[Entry], fresh: Sequence[str]
) -> Iterator[Draft]:
    linked = {one.to for one in article.links if COMMIT.fullmatch(one.to)}
    infos = commits.infos(store.team.objects, {*fresh, *linked})
    unused = commits.unused(store.repo, infos)
    gone = {to: to in unused for to in linked if to in infos}
    # Of a chain of amends the last.
    new = [commit for commit in fresh if commit in infos and commit not in unused]
    left: dict[str, bool] = {}
    for old, commit in _pairs(store, infos, gone, new):
        for link in (one for one in article.links if one.to == old):
            made = _again(store, link, commit)
            left[old] = left.get(old, False) or made is None
            if made is not None:
                yield made
    for old, stays in left.items():
        if gone[old] and not stays:
            yield makers.unlink(entries, old)


def _pairs(
    store: Store, infos: Mapping[str, CommitInfo], gone: Mapping[str, bool], new: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Which of the linked commits (`gone`: nothing reaches them any more) became which new one."""
    found = list(_made(store, infos, gone, new))
    yield from found
    followed = {old for old, _ in found}
    rest = [old for old, is_gone in gone.items() if is_gone and old not in followed]
    paths = commits.changed(store.repo, [*rest, *new]) if rest and new else {}
    for old in rest:  # a squash has the author of one alone
        wanted = paths.get(old)  # what changes nothing, as merges, has none
        holding = [commit for commit in new if wanted and wanted <= paths.get(commit, frozenset())]
        if len(holding) == 1:
            yield old, holding[0]


def _made(
    store: Store, infos: Mapping[str, CommitInfo], gone: Mapping[str, bool], new: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The linked commits with those of `new` made from them: git keeps who wrote it and when.

    Of several of one second, and where the old one is still in use, the message or the change
    has to be the same.
    """
    written: dict[tuple[str, int], list[str]] = {}
    for old in gone:
        written.setdefault((infos[old].author, infos[old].authored), []).append(old)
    unsure = {}
    for commit in new:
        one = infos[commit]
        same = written.get((one.author, one.authored), [])
        named = [old for old in same if infos[old].message == one.message]
        if len(same) == 1 and gone[same[0]]:
            yield same[0], commit
        elif len(named) == 1:
            yield named[0], commit
        elif same:
            unsure[commit] = named or same
    wanted = dict.fromkeys(chain(unsure, *unsure.values()), "")
    patches = commits.patch_ids(store.repo, wanted)
    for commit, some in unsure.items():
        yield from ((old, commit) for old in some if patches.get(old) == patches.get(commit))


def _again(store: Store, link: Link, commit: str) -> Draft | None:
    """`link` as it is about `commit`; None where its lines are not there any more."""
    if not link.path:
        return makers.link(commit, **{"from": link.to})
    place = lines.places(store, [link], commit).get(link.entry)
    if place is None or place.state == GONE:
        return None
    try:
        here = lines.anchored(store, commit, place.path, place.line, place.end)
    except Usage:
        return None
    return makers.link(commit, **lines.fields(store, here), **{"from": link.to})
