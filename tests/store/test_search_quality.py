"""How well a search ranks: the Cranfield collection, 1,400 abstracts and 225 graded questions."""

import math
import re
from pathlib import Path

from git_naturecode.store import index_file, index_rows
from git_naturecode.store.described import TITLE, WHOLE, Described
from git_naturecode.store.index_search import search

_NUMBER = re.compile(r"^\.I ", re.M)


def documents(text: str) -> dict[str, tuple[str, str]]:
    """Number -> title and abstract."""
    found = {}
    for part in _NUMBER.split(text)[1:]:
        title, body = part.split("\n.T\n")[1].split("\n.A\n")[0], part.split("\n.W\n")[-1]
        found[part.split()[0]] = (title, body)
    return found


def judgements(text: str) -> dict[int, dict[str, int]]:
    """Number of a question -> document -> grade: 4 a complete answer, 1 of little use."""
    found: dict[int, dict[str, int]] = {}
    for line in text.splitlines():
        question, document, grade = line.split()
        if int(grade) > 0:
            found.setdefault(int(question), {})[document] = 5 - int(grade)
    return found


def gain(ranked: list[str], grades: dict[str, int]) -> float:
    """The normalised discounted cumulative gain of the first ten (gain 2 ** grade - 1)."""

    def total(values: list[int]) -> float:
        return math.fsum((2.0**value - 1) / math.log2(i + 2) for i, value in enumerate(values[:10]))

    best = total(sorted(grades.values(), reverse=True))
    return total([grades.get(name, 0) for name in ranked]) / best


def test_questions_find_what_answers_them(data: Path) -> None:
    folder = data / "cranfield"
    db = index_file.in_memory()
    db.execute("begin")
    for name, (title, body) in documents((folder / "cran.all.1400").read_text()).items():
        found = Described({"id": name}, "", [(TITLE, title), (WHOLE, body)])
        index_rows.put(db, "abstract", name, found, texts=True)
    db.execute("commit")
    questions = [part.split(".W\n")[1] for part in
                 _NUMBER.split((folder / "cran.qry").read_text())[1:]]  # fmt: skip
    grades = judgements((folder / "cranqrel").read_text())
    gains = []
    for number, wanted in grades.items():
        hits = search(db, ["abstract"], questions[number - 1], 10)
        ranked = list(dict.fromkeys(hit.row["id"] for hit in hits))
        gains.append(gain(ranked, wanted))
    assert len(gains) == 225
    assert sum(gains) / len(gains) >= 0.37
