"""Suggesting articles to whoever is working: by links, by paths that are named, by words.

Each way gives a ranked list, the lists are fused by rank (Cormack, Clarke, Buettcher 2009), and
each suggestion says why. Where nothing really fits nothing is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain.kinds import KB
from git_naturecode.git.underway import Underway
from git_naturecode.kb import work_words
from git_naturecode.kb.work_words import Words
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index

MOST_PATHS = 40
OFFERED = 20  # candidates that a model may choose from
_LOOKED_AT = 60
_K = 20  # of the fusion: how little one rank more counts
_LINKED, _NEAR, _NAMED, _WORDS, _ASKED, _TAGGED = 4.0, 1.5, 2.5, 1.5, 2.0, 0.5
_LEAST_SHARE = 0.4  # of what the best has
_TOLD = 3  # words that are named
_LEAST_TOLD = 0.3  # of what the word has that says most


class Work(NamedTuple):
    """What somebody is working on.

    `files` are paths that he named, `task` and `requests` what he or the people of the active
    `session` said; `texts` are the contents of the named and of new files.
    """

    underway: Underway
    task: str = ""
    files: tuple[str, ...] = ()
    session: str = ""
    requests: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that it is about: those named, else those being changed."""
        return (self.files or self.underway.changed)[:MOST_PATHS]

    @property
    def recent(self) -> tuple[str, ...]:
        """The files of the last commits, the latest first."""
        found = (path for commit in self.underway.recent for path in commit.paths)
        known = set(self.changed)
        return tuple(dict.fromkeys(path for path in found if path not in known))[:MOST_PATHS]


class Suggestion(NamedTuple):
    """An article that may help: its row, the reasons in a few words, how much speaks for it."""

    row: dict[str, Json]
    why: tuple[str, ...]
    score: float

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row["id"])


class _Ranked(NamedTuple):
    """One list: the ids of articles, the best first, with the reasons; what a rank counts."""

    weight: float
    found: Mapping[str, tuple[str, ...]]


def words(work: Work) -> Words:
    """What the work is about, in words with weights."""
    found = Words()
    narrowed = bool(work.task or work.files)
    less = 0.5 if narrowed else 1.0
    found.task(work_words.said(work.task))
    for request in work.requests:
        found.of_request(request, less)
    found.of_branch(work.underway.branch, less)
    for path in work.changed:
        found.of_path(path, 1.0)
    _count_recent(found, work, less)
    rows = [row for text in work.texts for row in text.split("\n")]
    found.of_code(rows, 1.0)
    found.of_code(work.underway.added, 0.4 if work.files else less)
    return found


def _count_recent(found: Words, work: Work, less: float) -> None:
    """Count the last commits: those of this branch nearly as what is being changed, those that
    others may have made a little."""
    commits = work.underway.recent[:5]
    if work.underway.is_own:
        for path in work.recent[:20]:
            found.of_path(path, 0.6 * less)
        for commit in commits:
            found.of_commit(commit.subject, 2 * less)
        return
    for path in work.recent[:20]:
        found.add(work_words.of_path(path), work_words.PATH * 0.3, strong=False)
    for commit in commits:
        found.add(
            work_words.said(commit.subject)[:12], work_words.COMMIT * less, strong=False
        )  # fmt: skip


def suggest(index: Index, work: Work, limit: int, *, offered: bool = False) -> list[Suggestion]:
    """The best `limit` articles for `work`; none where nothing fits.

    `offered`: candidates for somebody who judges himself, some that would not be told else.
    """
    about = words(work)
    rows: dict[str, dict[str, Json]] = {}
    lists = [
        _Ranked(_LINKED, _linked(index, work.changed, rows)),
        _Ranked(_NEAR, _near(index, work, rows)),
        _Ranked(_NAMED, _naming(index, work, rows)),
        _Ranked(_WORDS, speaking := _speaking(index, about, rows, offered=offered)),
        _Ranked(_ASKED, _asked(index, work.task, speaking)),
    ]
    sure = {name for one in lists for name in one.found}
    tagged = _tagged(index, about, rows)
    lists.append(_Ranked(_TAGGED, {n: why for n, why in tagged.items() if n in sure or offered}))
    scores: dict[str, float] = {}
    reasons: dict[str, dict[str, None]] = {}
    for one in lists:
        for rank, (name, why) in enumerate(one.found.items()):
            scores[name] = scores.get(name, 0.0) + one.weight / (_K + rank)
            reasons.setdefault(name, {}).update(dict.fromkeys(why))
    best = sorted(scores, key=lambda name: (-scores[name], name))
    return [Suggestion(rows[name], tuple(reasons[name]), scores[name]) for name in best[:limit]]


def _page(index: Index, facet: str, values: Sequence[str]) -> list[dict[str, Json]]:
    wanted = [one for one in dict.fromkeys(values) if one.isprintable()][:200]
    if not wanted:
        return []
    return index.page(KB, {facet: wanted, "state": ("live",)}, limit=_LOOKED_AT).rows


def _linked(
    index: Index, paths: Sequence[str], rows: dict[str, dict[str, Json]]
) -> dict[str, tuple[str, ...]]:
    """Articles that are linked to lines of the files."""
    known = set(index.values(KB, "path"))
    found: dict[str, list[str]] = {}
    for path in paths:
        for row in _page(index, "path", [path]) if path in known else ():
            rows[str(row["id"])] = row
            found.setdefault(str(row["id"]), []).append(f"links to {path}")
    return {name: tuple(why[:2]) for name, why in found.items()}


def _near(index: Index, work: Work, rows: dict[str, dict[str, Json]]) -> dict[str, tuple[str, ...]]:
    """Articles that are linked to the active session, and where nobody has said what it is about
    to what was done last."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _page(index, "link", [work.session]) if work.session else ():
        rows[str(row["id"])] = row
        found[str(row["id"])] = ("links to the active session",)
    if work.files or work.task:
        return found
    for name, why in _linked(index, work.recent, rows).items():
        found.setdefault(name, why)
    commits = [one.id for one in work.underway.recent]
    for row in _page(index, "link", commits):
        links = row["links"] if isinstance(row["links"], list) else []
        which = next((one for one in commits if one in links), "")
        rows[str(row["id"])] = row
        found.setdefault(str(row["id"]), (f"links to commit {which[:9]}",))
    return found


def _naming(
    index: Index, work: Work, rows: dict[str, dict[str, Json]]
) -> dict[str, tuple[str, ...]]:
    """Articles in whose text one of the files is named by its path."""
    found: dict[str, list[str]] = {}
    for path in work.changed[:20]:
        if "/" not in path and "." not in path:
            continue
        for hit in index.search((KB,), f'"{path}"', 10, {"state": ("live",)}, grouped=True):
            rows[str(hit.row["id"])] = hit.row
            found.setdefault(str(hit.row["id"]), []).append(f"names {path}")
    return {name: tuple(why[:2]) for name, why in found.items()}


def _speaking(
    index: Index, about: Words, rows: dict[str, dict[str, Json]], *, offered: bool
) -> dict[str, tuple[str, ...]]:
    """Articles that speak of enough of the words; those that are surely about them first, since a
    long text has a little of everything."""
    found: dict[str, tuple[str, ...]] = {}
    weighed = index.weighed(KB, about.weights, _LOOKED_AT)
    least_score = _LEAST_SHARE * max((one.score for _, one in weighed), default=0.0)
    weighed.sort(key=lambda pair: not about.is_surely(pair[1].titled))
    for row, one in weighed:
        fits = about.fits(one.words, one.titled)
        is_near = one.score >= least_score or about.is_surely(one.titled)
        if offered or (fits and is_near):
            rows[str(row["id"])] = row
            least = _LEAST_TOLD * max(one.words.values())
            ranked = sorted(
                (word for word, value in one.words.items() if value >= least),
                key=lambda word: (-one.words[word], word),
            )
            found[str(row["id"])] = (f"speaks of {', '.join(_told(ranked))}",)
    return found


def _asked(
    index: Index, task: str, among: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Those `among` that a search for the task finds, in its order: it knows of all words at once,
    and of the length of texts."""
    if not task.strip() or not among:
        return {}
    hits = index.search((KB,), task[:1_000], OFFERED, {"state": ("live",)}, grouped=True)
    return {name: () for name in (str(hit.row["id"]) for hit in hits) if name in among}


def _told(words: Iterable[str]) -> list[str]:
    """A few words, none of which is a part of another one."""
    told: list[str] = []
    for word in words:
        if not any(word.lower() in one.lower() or one.lower() in word.lower() for one in told):
            told.append(word)
        if len(told) == _TOLD:
            break
    return told


def _tagged(
    index: Index, about: Words, rows: dict[str, dict[str, Json]]
) -> dict[str, tuple[str, ...]]:
    """Articles with a tag that is one of the words that a person chose."""
    chosen = {word.lower() for word in about.strong}
    tags = [tag for tag in index.values(KB, "tag") if tag.lower() in chosen]
    found: dict[str, tuple[str, ...]] = {}
    for row in _page(index, "tag", tags):
        named = [tag for tag in row["tags"] if tag in tags] if isinstance(row["tags"], list) else []
        rows[str(row["id"])] = row
        found[str(row["id"])] = (f"tagged {', '.join(map(str, named[:2]))}",)
    return found
