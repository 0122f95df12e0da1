"""Finding in a knowledge base: how well it ranks, a query, the command, an index made anew."""

import random
import sqlite3
import statistics
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from git_naturecode import ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kinds import KB, open_index
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.store import format as segments
from git_naturecode.store.bulk import bulk
from git_naturecode.store.store import TEAM, Placed, Store

from . import judged, made
from .measure import Line, against, figure, interleave
from .stage import DATA, Stage

_TRADE = (
    "cache",
    "retry",
    "deploy",
    "payment",
    "timeout",
    "queue",
    "login",
    "refund",
    "缓存",
    "限流",
)
_TYPES = ("article", "snippet", "practice", "faq")
_PARAGRAPHS, _WORDS = 6, 40
_OF_THE_TRADE = 0.12  # of the paragraphs have such a word: each stands in every 12th article
_TOKENS = "porter unicode61 remove_diacritics 2"
_LOADED = (
    "import sys\nsys.argv[0] = 'git-naturecode'\nimport git_naturecode.__main__ as program\n"
    "program._leave = lambda code: None\nprogram.main()\nsys.stdout.flush()\n"
    "print(*sys.modules, file=sys.stderr)\n"
)


def quality(stage: Stage) -> Iterator[Line]:
    """How well questions are answered: by words, by meaning, too, and by one table of FTS5."""
    for name, collection, by_words, by_meaning in (
        ("Cranfield", judged.cranfield(DATA / "cranfield"), 0.37, 0.37),
        ("own set", judged.own(), 0.825, 0.85),
        ("own set, second questions", judged.own(questions=judged.SECOND), 0.54, 0.57),
        ("own set, third questions", judged.own(questions=judged.THIRD), 0.78, 0.79),
    ):  # fmt: skip
        ours = judged.gains(collection.questions, judged.ours(collection.documents))
        plain = judged.gains(collection.questions, judged.one_table(collection.documents))
        yield from _gains(f"nDCG@10, {name}", collection, ours, by_words)
        budget = f"nDCG@10, {name}: one FTS5 table, all words, against ours"
        yield figure(budget, judged.mean(plain), "", judged.mean(ours))
        try:
            meant = judged.gains(collection.questions, judged.with_meaning(collection.documents))
        except Unsupported as error:
            print(f"nDCG@10, {name}, by meaning: not measured, {error.message}")
        else:
            yield from _gains(f"nDCG@10, {name}, by meaning, too", collection, meant, by_meaning)


def _gains(
    budget: str, collection: judged.Collection, gains: list[float], limit: float
) -> Iterator[Line]:
    """The mean of `gains`, which has to be `limit`, and that of each language."""
    yield figure(budget, judged.mean(gains), "", limit, least=True)
    languages = sorted({question.lang for question in collection.questions})
    for lang in languages if len(languages) > 1 else ():
        of_lang = [
            one for one, q in zip(gains, collection.questions, strict=True) if q.lang == lang
        ]
        yield Line(f"{budget}, {lang}", f"{judged.mean(of_lang):.3g}", "", "", "", "")


def finding(stage: Stage) -> Iterator[Line]:
    """The best 20 articles against `git grep` in the branch, judged by the median of six."""
    ratios: list[float] = []
    clone = _filled(stage)
    with stage.store(clone) as store:
        index = open_index(store)
        index.refresh()
        while index.fill():
            pass
        common = made.vocabulary(40)[30]
        for words, how in (
            (made.RARE, "a rare word"), ("zzqq", "an absent word"),
            ("retry", "a word of the trade"),
            (common, "a frequent word"), (f"{common} {made.RARE} retry cache", "four words"),
            (f"how do I {common} a payment timeout when the queue is full?", "a question"),
        ):  # fmt: skip
            ours, peer = interleave(
                stage.rounds(7),
                partial(index.search, [KB], words, 20, grouped=True, wide=True),
                partial(_grep, stage, clone, [w for w in words.split() if len(w) > 3]),
            )
            budget = f"articles: {how}, in {stage.entities:,}"
            ratios.append(ours.median / peer.median)
            line = against(budget, ours, peer, "git grep -lwi", 0.05)
            yield replace(line, limit="", verdict="")
        index.close()
    yield figure("articles: the median of these ratios", statistics.median(ratios), "", 0.05)


def answer(stage: Stage) -> Iterator[Line]:
    """The command, end to end, against a process that imports what it loads, and two of git."""
    clone = _filled(stage)
    command = (stage.program, "kb", "search", made.RARE)
    stage.run(*command, cwd=clone)
    named = stage.run(
        "sh",
        "-c",
        '"$0" "$@" 2>&1 >/dev/null',
        stage.python,
        "-c",
        _LOADED,
        *command[1:],
        cwd=clone,
    )
    modules = [
        name
        for name in named.decode().split("\n")[-2].split()
        if name.startswith("git_naturecode") or name in ("typer", "sqlite3", "json", "datetime")
    ]
    script = stage.path("imports.py")
    script.write_text(
        f"import {', '.join(modules)}\nimport subprocess\n"
        "for what in (['config', '-l', '-z'], ['rev-parse', '--git-common-dir']):\n"
        "    subprocess.run(['git', *what], stdout=subprocess.DEVNULL)\n"
    )
    ours, peer = interleave(
        stage.rounds(15),
        lambda: stage.run(*command, cwd=clone),
        lambda: stage.run(stage.python, str(script), cwd=clone),
        warm=2,
    )
    what = "its imports and two git processes"
    yield against(f"kb search, end to end, {stage.entities:,} articles", ours, peer, what, 1.5)


def built(stage: Stage) -> Iterator[Line]:
    """Rows and texts of all articles against reading, folding and one FTS5 table of the same."""
    clone = _filled(stage)
    ours, peer = interleave(
        stage.rounds(3), lambda: _anew(stage, clone), lambda: _raw(stage, clone), warm=0
    )
    budget = f"index of {stage.entities:,} articles"
    yield against(budget, ours, peer, "parse, fold and FTS5", 2)


def _filled(stage: Stage) -> Path:
    return stage.articles(lambda store: _fill(store, stage.entities))


def _fill(store: Store, count: int) -> None:
    with bulk(store, TEAM) as writer:
        for number in range(count):
            rng = random.Random(number)
            name = f"kb-20261126-{ids.digest32(('article', str(number)), 8)}"
            title = " ".join(_words(rng, 6))
            opening = makers.opening(title, _TYPES[number % 4], f"article-{number}")
            drafts = [opening, makers.revision(_text(rng, number), [])]
            writer.write(name, [one._replace(clean=True) for one in drafts])


def _text(rng: random.Random, number: int) -> str:
    parts = [" ".join(_words(rng, _WORDS)) for _ in range(_PARAGRAPHS)]
    if number % 1_667 == 0:
        parts[1] += f" {made.RARE}"
    return "\n\n".join([f"# {parts[0][:30]}", *parts]) + "\n"


@cache
def _vocabulary() -> list[str]:
    return made.vocabulary(20_000)


def _words(rng: random.Random, count: int) -> list[str]:
    words = _vocabulary()
    found = [words[int(len(words) ** rng.random()) - 1] for _ in range(count)]
    if rng.random() < _OF_THE_TRADE:
        found[rng.randrange(count)] = _TRADE[int(len(_TRADE) * rng.random())]
    return found


def _grep(stage: Stage, clone: Path, words: list[str]) -> None:
    patterns = [part for word in words for part in ("-e", word.strip("?"))]
    script = 'git grep -lwi "$@" || true'
    stage.run("sh", "-c", script, "sh", *patterns, "naturecode", cwd=clone)


def _anew(stage: Stage, clone: Path) -> None:
    with stage.store(clone, many=False) as store:
        for path in Path(store.state_dir).glob("index.db*"):
            path.unlink()
        index = open_index(store)
        index.refresh()
        while index.fill():
            pass
        index.close()


def _raw(stage: Stage, clone: Path) -> None:
    path = stage.path("raw.db")
    db = sqlite3.connect(path)
    db.execute("pragma synchronous = off")
    db.execute(f'create virtual table texts using fts5(title, text, tokenize="{_TOKENS}")')
    with stage.store(clone, many=False) as store, db:
        files = tree.files(store.team.objects, store.team.tree())
        wanted = [oid for name, oid in sorted(files.items()) if name.startswith("log/kb/")]
        for _, data in store.team.objects.read_many(wanted):
            segment = segments.parse(data)
            placed = [
                Placed(entry, segment.entity, segment.device, TEAM) for entry in segment.entries
            ]
            article = build(placed)
            db.execute("insert into texts values (?, ?)", (article.title, article.text))
    db.close()
