"""Lines that the text of an article names: since when they are named, and where they are now."""

import pytest

from box import Clone
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.model import Article
from git_naturecode.domain.kb.references import Reference, references
from git_naturecode.kb import stood
from kb.articles import add as written
from kb.articles import opened, read, say
from kb.test_links import LINES, add, commit, later, problems

LATER = 1_950_000_000_000
"""After the commits that `later` makes."""


def told(clone: Clone, *texts: str) -> Article:
    """An article whose revisions have these texts."""
    with opened(clone) as store:
        name = written(store, "L", texts[0])
        for text in texts[1:]:
            say(store, name, makers.revision(text, list(read(store, name).heads)))
        return read(store, name)


def since(article: Article, *names: str) -> list[int]:
    """The revision (from 0) since which each of `names` stands there."""
    found = [stood.name_of(*references(name)) for name in names]
    times = [one.time for one in article.revisions]
    by_name = stood.since(article, found)
    return [times.index(by_name[name]) for name in found]


def test_lines_that_a_text_names_are_told_where_they_went(clone: Clone) -> None:
    commit(clone, a__py=LINES, b__py=LINES, c__py="x = 1\n" * 40)
    text = "# L\n\nSee a.py:5-6, a.py:20, [one](a.py#L18), a.py:12-13, b.py:7 and c.py:3.\n"
    add(clone, "L", text)
    clone.nc("kb", "check")
    new = [f"new line {number}\n" for number in range(4)]
    old = LINES.splitlines(keepends=True)
    old[11] = "line number twelve, quite another\n"
    clone.git("mv", "b.py", "d.py")
    later(clone, a__py="".join([*new[:2], *old[:18], *old[20:]]), d__py="".join([*new, *old]))
    clone.process("kb", "edit", "l", "--file", "-", input=text.replace("See", "Do see"))
    told = problems(clone, code=0)  # each is somewhere
    assert told["a.py:5-6"] == "now a.py:7-8"
    assert told["a.py:20"] == "these lines are gone since this was written"
    assert told["a.py#L18"] == "now a.py:20"
    assert told["a.py:12-13"] == "changed since this was written; now a.py:15"
    assert told["b.py:7"] == "there is no such file in HEAD; it is d.py:11 now"
    assert "c.py:3" not in told
    links = clone.nc("kb", "links", "l", "--json").json["links"]
    assert next(one for one in links if one["text"] == "a.py:5-6")["now"] == "a.py:7-8"
    assert "now a.py:7-8" in clone.nc("kb", "links", "l").out


def test_a_name_stands_since_the_first_revision_of_the_last_that_have_it(clone: Clone) -> None:
    article = told(clone, "a.py:5\n", "nothing\n", "a.py:5 b.py:1\n", "a.py:5 b.py:1 c.py:1\n")
    assert since(article, "a.py:5", "b.py:1", "c.py:1") == [2, 2, 3]


def test_a_longer_name_is_another(clone: Clone) -> None:
    article = told(
        clone,
        "src/a.py:10 a.py:1-3 [x](b.py#L20)\n",
        "src/a.py:10 src/a.py:1 a.py:1-3 a.py:1 [x](b.py#L20) [x](b.py#L2)\n",
    )
    assert since(article, "src/a.py:10", "src/a.py:1", "a.py:1-3", "a.py:1") == [0, 1, 0, 1]
    linked = [stood.name_of(one) for one in references("[x](b.py#L20) [x](b.py#L2)")]
    times = [one.time for one in article.revisions]
    assert list(stood.since(article, linked).values()) == times


def test_a_name_is_not_held_against_code_from_before_it(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    with opened(clone) as store:
        name = written(store, "L", "See a.py:10.\n")
    later(clone, a__py="new\nnew\n" + LINES)
    with opened(clone) as store:
        store.now_ms = lambda: LATER
        say(store, name, makers.revision("See a.py:1.\n", list(read(store, name).heads)))
    assert "a.py:1" not in problems(clone, code=0)


def test_each_revision_is_read_once_and_not_without_end(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"a{number}.py:{number}" for number in range(1, 30)]
    texts = [" ".join(names) + f" {number}\n" for number in range(6)]
    article = told(clone, *texts)
    found = [stood.name_of(*references(name)) for name in names]
    looked: list[str] = []

    def counted(text: str, folder: str) -> list[Reference]:
        looked.append(text)
        return references(text, folder)

    monkeypatch.setattr(stood, "references", counted)
    assert set(stood.since(article, found).values()) == {article.revisions[0].time}
    assert looked == texts[::-1]
    monkeypatch.setattr(stood, "_MOST_READ", 2 * len(texts[0]) + 1)
    assert set(stood.since(article, found).values()) == {article.revisions[4].time}
    assert looked[6:] == texts[:3:-1]
