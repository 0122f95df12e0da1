"""Collections with questions whose answers are known, and how well a search ranks them."""

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from git_naturecode.kb import by_meaning, embedding
from git_naturecode.store import index_file, index_rows, meaning
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_search import ANYTHING, search

SECOND, THIRD = "questions-2.jsonl", "questions-3.jsonl"
"""Questions in other words than the titles have; as people ask (benchmarks/kb/README.md)."""
OWN = Path(__file__).parent.parent.parent / "benchmarks" / "kb"
ARTICLE, SESSION = "kb", "session"
_BEST = 10  # of what a search finds, these are judged
_NUMBER = re.compile(r"^\.I ", re.M)
_SAID = re.compile(r"^## (?:user|assistant)$", re.M)
_FIELD = re.compile(r"^(\w+): *(.*)$", re.M)


class Document(NamedTuple):
    """What is to be found: the name in the labels, the kind of entity, its texts as labelled."""

    name: str
    kind: str
    texts: Sequence[tuple[str, str]]


class Question(NamedTuple):
    """What somebody asks, and how much each document is worth to him (3: it is the answer)."""

    name: str
    text: str
    grades: Mapping[str, int]
    lang: str = "en"


class Collection(NamedTuple):
    """Documents, and questions about them."""

    documents: Sequence[Document]
    questions: Sequence[Question]


Rank = Callable[[str], Sequence[str]]
"""A question -> names of documents, the best first."""


def cranfield(folder: Path) -> Collection:
    """1,400 abstracts and 225 questions; of the grades 1 (complete) to 4, the best is 4 here."""
    documents = []
    for part in _NUMBER.split((folder / "cran.all.1400").read_text())[1:]:
        title, body = part.split("\n.T\n")[1].split("\n.A\n")[0], part.split("\n.W\n")[-1]
        documents.append(Document(part.split()[0], ARTICLE, [(TITLE, title), (WHOLE, body)]))
    grades: dict[int, dict[str, int]] = {}
    for line in (folder / "cranqrel").read_text().splitlines():
        question, document, grade = line.split()
        if int(grade) > 0:
            grades.setdefault(int(question), {})[document] = 5 - int(grade)
    asked = _NUMBER.split((folder / "cran.qry").read_text())[1:]
    texts = [part.split(".W\n")[1] for part in asked]
    return Collection(
        documents, [Question(str(n), texts[n - 1], wanted) for n, wanted in grades.items()]
    )


def own(folder: Path = OWN, questions: str = "questions.jsonl") -> Collection:
    """The articles and sessions of a made-up team, in English and Chinese."""
    documents = []
    for path in sorted((folder / "corpus").rglob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
        fields = dict(_FIELD.findall(head))
        if path.parent.name == "sessions":
            said = [(f"m{n}", part.strip()) for n, part in enumerate(_SAID.split(text)[1:])]
            texts = [(TITLE, fields["name"].strip('"')), *said]
            documents.append(Document(path.stem, SESSION, texts))
            continue
        tags = re.findall(r"[^\s,\[\]]+", fields.get("tags", ""))
        named = " ".join([*tags, path.stem])
        texts = [(TITLE, fields["title"].strip('"')), (NAMED, named), (WHOLE, text.strip())]
        documents.append(Document(path.stem, ARTICLE, texts))
    asked = map(json.loads, (folder / questions).read_text(encoding="utf-8").splitlines())
    return Collection(
        documents,
        [Question(one["id"], one["query"], one["relevant"], one["lang"]) for one in asked],
    )


def gain(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """The normalised discounted cumulative gain of the first ten (gain 2 ** grade - 1)."""

    def total(values: Iterable[int]) -> float:
        return math.fsum(
            (2.0**value - 1) / math.log2(i + 2) for i, value in enumerate(list(values)[:_BEST])
        )

    return total(grades.get(name, 0) for name in ranked) / total(
        sorted(grades.values(), reverse=True)
    )


def gains(questions: Sequence[Question], rank: Rank) -> list[float]:
    """The gain of each question."""
    return [gain(rank(question.text), question.grades) for question in questions]


def mean(values: Sequence[float]) -> float:
    """The mean of `values`."""
    return math.fsum(values) / len(values)


def indexed(documents: Sequence[Document]) -> sqlite3.Connection:
    """An index in memory of `documents`."""
    db = index_file.in_memory()
    db.execute("begin")
    for name, kind, texts in documents:
        described = Described({"id": name}, "", texts)
        index_rows.put(db, kind, name, described, texts=True)
    db.execute("commit")
    return db


def ours(documents: Sequence[Document]) -> Rank:
    """The search of this program over all kinds that there are."""
    db = indexed(documents)
    kinds = sorted({document.kind for document in documents})

    def rank(question: str) -> list[str]:
        hits = search(db, kinds, question, _BEST, grouped=True, wide=True)
        return [str(hit.row["id"]) for hit in hits]

    return rank


def with_meaning(documents: Sequence[Document]) -> Rank:
    """The same fused with what is near in meaning; Unsupported without the package."""
    db, embedder = indexed(documents), embedding.load()
    kinds = sorted({document.kind for document in documents})
    meaning.bring_up_to_date(db, kinds, embedder)

    def rank(question: str) -> list[str]:
        found = search(db, kinds, question, by_meaning.DEPTH, grouped=True, wide=True)
        keys = [(hit.kind, str(hit.row["id"])) for hit in found]
        depth = by_meaning.DEPTH
        meant = meaning.search(db, kinds, question, depth, ANYTHING, embedder, keys)
        return [str(hit.row["id"]) for hit in by_meaning.joined(found, meant)][:_BEST]

    return rank


def one_table(documents: Sequence[Document]) -> Rank:
    """One FTS5 table, all of the words, as FTS5 searches if nothing is said."""
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table texts using fts5(title, text)")
    for number, document in enumerate(documents):
        title = next((text for label, text in document.texts if label == TITLE), "")
        rest = "\n".join(text for label, text in document.texts if label != TITLE)
        db.execute("insert into texts (rowid, title, text) values (?, ?, ?)", (number, title, rest))

    def rank(question: str) -> list[str]:
        words = " ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        query = "select rowid from texts where texts match ? order by rank limit ?"
        return [documents[n].name for (n,) in db.execute(query, (words, _BEST))]

    return rank
