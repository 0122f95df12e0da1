"""Two people edit one article offline, in clones of their own: what both see after a sync."""

import random
from pathlib import Path
from typing import Any

import pytest

from answering import model
from box import Box, Clone
from domain.kb.histories import CLONES, MARK, History
from git_naturecode.domain.kb import makers
from kb.articles import commit, opened, read, say
from seeds import SEED

BASE = """\
# Retry

The client waits before it asks again.
It asks three times.

The cache expires after ten minutes.

- apples
"""


class Two:
    """Ann and Bob, and an article that both have."""

    def __init__(self, box: Box, text: str = BASE) -> None:
        hub = box.remote()
        self.ann, self.bob = box.clone(hub, "ann"), box.clone(hub, "bob")
        self.id = added(self.ann, text)
        for clone in (self.ann, self.bob):
            clone.nc("sync")

    def meet(self) -> None:
        """Both sync until both have all."""
        for clone in (self.ann, self.bob, self.ann):
            clone.tried("sync")  # 3: somebody has to decide

    def edit(self, who: Clone, old: str, new: str) -> None:
        """`who` puts `new` in place of `old`."""
        before = text_of(who, self.id)
        assert old in before
        edited(who, self.id, before.replace(old, new))

    @property
    def text(self) -> str:
        """What both see."""
        texts = {text_of(who, self.id) for who in (self.ann, self.bob)}
        assert len(texts) == 1
        return texts.pop()


@pytest.fixture
def two(box: Box) -> Two:
    return Two(box)


def added(clone: Clone, text: str) -> str:
    (clone.path / "new.md").write_text(text)
    return clone.nc("kb", "add", "--file", "new.md", "--title", "Retry").out.strip()


def edited(clone: Clone, article: str, text: str, code: int = 0) -> None:
    (clone.path / "edited.md").write_text(text)
    clone.nc("kb", "edit", article, "--file", "edited.md", code=code)


def text_of(clone: Clone, article: str) -> str:
    return str(clone.nc("kb", "show", article, "--json").json["content"])


def told(clone: Clone) -> str:
    return clone.nc("status").out


def test_edits_of_different_paragraphs_are_both_there(two: Two) -> None:
    two.edit(two.ann, "It asks three times.", "It asks five times.")
    two.edit(two.bob, "ten minutes", "two hours")
    two.meet()
    assert "It asks five times." in two.text
    assert "The cache expires after two hours." in two.text
    assert MARK not in two.text
    assert "several people" not in told(two.bob)


def test_edits_of_adjacent_lines_are_both_there(two: Two) -> None:
    two.edit(two.ann, "The client waits before it asks again.", "Every client waits longer.")
    two.edit(two.bob, "It asks three times.", "It asks five times, and then gives up.")
    two.meet()
    assert "Every client waits longer.\nIt asks five times, and then gives up." in two.text


def test_new_items_of_both_are_there(two: Two) -> None:
    two.edit(two.ann, "- apples", "- apples\n- pears")
    two.edit(two.bob, "- apples", "- apples\n- figs")
    two.meet()
    assert two.text.count("- ") == 3


def test_different_words_of_one_sentence_are_both_changed(two: Two) -> None:
    two.edit(two.ann, "The cache expires", "The store expires")
    two.edit(two.bob, "after ten minutes", "after two minutes")
    two.meet()
    assert "The store expires after two minutes." in two.text


def test_the_same_words_are_kept_twice_told_and_settled_by_the_next_edit(two: Two) -> None:
    two.edit(two.ann, "expires after ten minutes", "never expires")
    two.edit(two.bob, "after ten minutes", "after two hours")
    two.meet()
    text = two.text
    assert [line.split(" · ")[1] for line in text.split("\n") if f"{MARK}1" in line] == [
        "ann@example.com"
    ]
    assert "The cache never expires.\n" in text
    assert "The cache expires after two hours.\n" in text
    for who in (two.ann, two.bob):
        assert "1 article holds several people's texts for one place" in told(who)
        assert f"git naturecode ai resolve {two.id[-8:]}" in told(who)
        assert who.nc("status", "--json").json["settle"] == [{"id": two.id, "slug": "retry"}]
        assert who.nc("kb", "list", "--marked", "--json").json["total"] == 1
    edited(two.bob, two.id, BASE)
    two.meet()
    assert two.text == BASE
    assert "several people" not in told(two.ann)
    assert two.ann.nc("status", "--json").json["marked"] == 0


def test_an_edit_that_leaves_the_marks_is_merged_and_still_told(two: Two) -> None:
    two.edit(two.ann, "ten minutes", "an hour")
    two.edit(two.bob, "ten minutes", "two hours")
    two.meet()
    edited(two.ann, two.id, two.text.replace("- apples", "- all fruit"), code=3)
    two.meet()
    assert two.text.count(f"{MARK}end") == 1
    assert "- all fruit" in two.text
    assert "1 article holds" in told(two.bob)


def test_a_search_shows_and_finds_what_was_written_and_no_mark(clone: Clone) -> None:
    article = added(clone, BASE)
    parted(clone, article, "ten minutes", "an hour", "two hours")
    found = clone.nc("kb", "search", "expires hours").out
    assert "expires after two hours" in "".join(found.split("\x1b[1m")).replace("\x1b[22m", "")
    assert "⚠" not in found
    for word in ("keep one text", "ada@example.com", "nc"):
        clone.nc("kb", "search", "--exact", "--in", "kb", f'"{word}"', code=1)
    (item,) = clone.nc("kb", "search", "expires", "--json").json["items"]
    assert item["content"] == text_of(clone, article)
    assert MARK in item["content"]
    assert "⚠" not in item["snippet"]


def without(text: str, lines: int) -> str:
    """`text` without the first `lines` lines of marks."""
    kept = text.split("\n")
    for one in [one for one in kept if one.startswith(MARK)][:lines]:
        kept.remove(one)
    return "\n".join(kept)


@pytest.mark.parametrize("how", ["edit", "folder", "page"])
def test_taking_out_the_lines_of_the_marks_alone_settles_it_by_both_texts(
    two: Two, how: str
) -> None:
    two.edit(two.ann, "ten minutes", "an hour")
    two.edit(two.bob, "ten minutes", "two hours")
    two.meet()
    both = without(two.text, 3)
    if how == "edit":
        edited(two.bob, two.id, both)
    elif how == "folder":
        two.bob.nc("folder")
        file = two.bob.path / ".naturecode/kb/articles/retry.md"
        file.write_text(without(file.read_text(), 3))
        assert two.bob.nc("sync").err.count("took in your edit") == 1
    else:
        path = "kb/articles/retry.md"
        commit(two.bob, {path: without(two.bob.git("show", f"naturecode:{path}"), 3)})
        two.bob.git("push", "-q", "origin", "naturecode")
    two.meet()
    assert two.text == both
    assert both.count("The cache expires after") == 2
    for who in (two.ann, two.bob):
        assert "several people" not in told(who)


def test_a_line_of_a_mark_that_is_left_over_is_told(clone: Clone) -> None:
    article = added(clone, BASE)
    parted(clone, article, "ten minutes", "an hour", "two hours")
    clone.nc("folder")
    file = clone.path / ".naturecode/kb/articles/retry.md"
    file.write_text(without(file.read_text(), 1))
    said = clone.nc("kb", "show", "retry")
    assert "retry.md: 1 less; 2 lines with ⚠ are left over: delete them, too" in said.err
    assert "2 lines with ⚠ are left over: delete them, too" in said.out
    assert "two people" not in said.out
    (clone.path / "edited.md").write_text(without(text_of(clone, article), 1))
    said = clone.nc("kb", "edit", article, "--file", "edited.md", code=3)
    assert "not all is decided in retry: 1 line with ⚠ is left over: delete it, too" in said.err
    assert "(): " not in clone.nc("ai", "resolve", article).out
    edited(clone, article, without(text_of(clone, article), 1))


def test_a_new_name_and_a_deletion_and_an_edit(two: Two) -> None:
    two.ann.nc("kb", "rename", two.id, "try-again")
    two.bob.nc("kb", "rm", two.id)
    two.meet()
    assert two.ann.nc("kb", "list", "--json").json["total"] == 0
    two.bob.nc("kb", "restore", two.id)
    two.meet()
    assert two.text == BASE
    assert two.bob.nc("kb", "show", "try-again", "--json").json["id"] == two.id
    two.bob.nc("kb", "rm", two.id)
    two.edit(two.ann, "- apples", "- pears")
    two.meet()
    assert "- pears" in two.text
    assert "although bob@example.com deleted it" in two.ann.nc("kb", "show", two.id).out


@pytest.mark.parametrize(
    "seed", [11, *(pytest.param(1_000 * SEED + n, marks=pytest.mark.torture) for n in range(10))]
)
def test_four_clones_with_random_edits_see_the_same_and_lose_nothing(box: Box, seed: int) -> None:
    hub = box.remote()
    clones = [box.clone(hub, name) for name in CLONES]
    chance, writer = random.Random(seed), History(seed)
    article = added(clones[0], "# Title\n\n" + writer.text(4))
    for clone in clones:
        clone.nc("sync")
    new: set[str] = set()
    for _ in range(4):
        for clone in chance.sample(clones, 3):
            before = text_of(clone, article)
            word = f"w{writer.words + 1}w"
            lines = before.split("\n")
            lines.insert(chance.randrange(len(lines)), writer.sentence())
            edited(clone, article, "\n".join(lines), code=3 if MARK in before else 0)
            new.add(word)
        chance.choice(clones).tried("sync")
    for clone in (*clones, *clones):
        clone.tried("sync")
    texts = {text_of(clone, article) for clone in clones}
    assert len(texts) == 1
    assert new <= set(texts.pop().replace(".", " ").split())


# -- ai resolve ---------------------------------------------------------------------------------


@pytest.fixture
def marked(clone: Clone) -> str:
    """An article of one clone in which two places are marked: its id."""
    article = added(clone, BASE)
    parted(clone, article, "ten minutes", "an hour", "two hours")
    parted(
        clone, article, "It asks three times.", "It never gives up.", "It asks once:\n\n    go\n"
    )
    return article


def parted(clone: Clone, article: str, old: str, one: str, other: str) -> None:
    """Two edits of `old`, neither of which knows of the other."""
    with opened(clone) as store:
        before = read(store, article)
        made = [before.text.replace(old, new) for new in (one, other)]
        say(store, article, *(makers.revision(text, before.heads) for text in made))


def test_without_a_model_what_differs_in_blanks_or_holds_the_other_is_settled(
    clone: Clone,
) -> None:
    article = added(clone, BASE)
    parted(clone, article, "ten minutes.", "an hour.", "an hour. Then it is read again.")
    said = clone.nc("ai", "resolve", article)
    assert "it holds what the other says" in said.out
    assert "nothing was changed" in said.err
    assert MARK in text_of(clone, article)
    clone.nc("ai", "resolve", "retry", "--accept")
    assert text_of(clone, article) == BASE.replace(
        "ten minutes.", "an hour. Then it is read again."
    )
    shown = clone.nc("kb", "show", article, "--json").json
    assert (len(shown["heads"]), shown["marked"]) == (1, False)
    clone.nc("ai", "resolve", article, code=1)


def test_without_a_model_two_rewritings_are_left_to_whoever_chooses(
    clone: Clone, marked: str
) -> None:
    before = text_of(clone, marked)
    said = clone.nc("ai", "resolve", marked, "--accept", code=3)
    assert "  1  ada@example.com: The cache expires after an hour." in said.out
    assert "--take 1" in said.err
    told = clone.nc("ai", "resolve", marked, "--accept", "--json", code=3).json
    assert (told["source"], told["accepted"]) == ("builtin", False)
    assert [one["text"] for one in told["places"]] == [None, None]
    assert text_of(clone, marked) == before
    for wrong in ("", "0", "x", "3", "1,2,1", "-1", "9" * 5000):
        clone.nc("ai", "resolve", marked, f"--take={wrong}", code=2)
    clone.nc("ai", "resolve", marked, "--take", "1", "--accept", code=2)
    clone.nc("ai", "resolve", marked, "--take", "1", "--context", "as agreed", code=2)
    assert text_of(clone, marked) == before
    clone.nc("ai", "resolve", marked, "--take", "1,2")
    assert text_of(clone, marked) == BASE.replace("ten minutes", "two hours").replace(
        "It asks three times.", "It never gives up."
    )


@pytest.mark.parametrize("look", [("ai", "resolve"), ("kb", "show")])
def test_a_number_means_no_other_text_than_was_shown_under_it(
    box: Box, look: tuple[str, str]
) -> None:
    hub = box.remote()
    ann, bob, cat = clones = [box.clone(hub, name) for name in ("ann", "bob", "cat")]
    article = added(ann, BASE)
    for clone in clones:
        clone.nc("sync")
    for clone, said in ((cat, "It asks for ever."), (ann, "It asks once."), (bob, "It gives up.")):
        edited(clone, article, BASE.replace("It asks three times.", said))
    for clone in (bob, ann):
        clone.tried("sync")
    assert "It asks for ever." not in ann.tried(*look, article).out
    cat.tried("sync")
    ann.tried("sync")
    before = text_of(ann, article)
    said = ann.nc("ai", "resolve", article, "--take", "2", code=3).err
    assert "other texts than when you looked" in said
    assert text_of(ann, article) == before
    assert "  1  " in ann.nc("ai", "resolve", article, code=3).out
    ann.nc("ai", "resolve", article, "--take", "1")
    assert text_of(ann, article) == BASE.replace("It asks three times.", "It asks for ever.")


def test_two_texts_of_one_person_are_not_called_those_of_two(clone: Clone, marked: str) -> None:
    said = clone.nc("kb", "show", marked).out
    assert "2 places hold two texts: keep one" in said
    assert "two people" not in said


def test_both_texts_are_joined_where_somebody_says_so(clone: Clone, marked: str) -> None:
    told = clone.nc("ai", "resolve", marked, "--take", "both", "--json").json
    assert len(told["places"]) == 2
    text = text_of(clone, marked)
    assert text == told["content"]
    for said in ("an hour", "two hours", "It never gives up.", "It asks once:", "    go"):
        assert said in text
    assert MARK not in text


def test_what_can_be_settled_is_and_the_rest_is_named(clone: Clone) -> None:
    article = added(clone, BASE)
    parted(clone, article, "ten minutes.", "an hour.", "an hour. Then it is read again.")
    parted(clone, article, "It asks three times.", "It never gives up.", "We call back.")
    said = clone.nc("ai", "resolve", article, "--accept", code=3)
    assert "1 place of retry needs somebody who chooses a text" in said.err
    assert "settled 1 place" in said.err
    text = text_of(clone, article)
    assert "an hour. Then it is read again.\n" in text
    assert text.count(MARK) == 3


def test_a_model_writes_a_text_for_each_place(clone: Clone, marked: str, tmp_path: Path) -> None:
    answer = {"places": [
        {"place": 1, "text": "It asks once or never gives up:\n\n    go", "why": "both"},
        {"place": 2, "text": "It expires after an hour (ann) or two hours.", "why": "unclear"},
    ]}  # fmt: skip
    folder = model(clone, tmp_path, answer)
    said = clone.nc("ai", "resolve", marked, "--accept", "--context", "ask ann")
    assert "unclear" in said.out
    assert "It expires after an hour (ann) or two hours.\n" in text_of(clone, marked)
    asked = (folder / "0.question").read_text()
    assert "It never gives up." in asked
    assert "ask ann" in asked
    assert MARK not in asked


BAD: tuple[Any, ...] = (
    [], [(1, "x")], [(1, "x"), (1, "y")], [(1, "x"), (3, "y")], [(1, "x"), (2, "```\nopen")],
    [(1, "x"), (2, "w" * 5_000)], [(1, "x"), (2, "")], "nothing", [(1, "x"), ("2", "y")],
    [(1, "x"), (2, f"{MARK}9 more versions wait: settle these first (nc:more)")],
)  # fmt: skip


def test_an_answer_that_loses_a_place_or_more_is_refused(
    clone: Clone, marked: str, tmp_path: Path
) -> None:
    before = text_of(clone, marked)
    for number, bad in enumerate(BAD):
        places = (
            [{"place": n, "text": text, "why": ""} for n, text in bad] if bad != "nothing" else 0
        )
        model(clone, tmp_path, {"places": places}, {"places": places}, name=f"model{number}")
        clone.nc("ai", "resolve", marked, "--accept", code=6)
        assert text_of(clone, marked) == before, bad


def test_code_and_decisions_of_both_have_to_be_kept(clone: Clone, tmp_path: Path) -> None:
    article = added(clone, BASE)
    parted(
        clone, article, "ten minutes.",
        "an hour.\nDecision: an hour, since tokens live as long.", "`TTL=7200` seconds.",
    )  # fmt: skip
    lost = {"places": [{"place": 1, "text": "It expires.", "why": "short"}]}
    half = {"places": [{"place": 1, "text": "It expires after `TTL=7200`.", "why": "short"}]}
    model(clone, tmp_path, lost, half)
    said = clone.nc("ai", "resolve", article, "--accept", code=6)
    assert "Decision: an hour" in said.err
    whole = {"places": [{
        "place": 1, "why": "both", "text": "It expires after `TTL=7200`.\n"
        "Decision: an hour, since tokens live as long. See [this](https://evil.example)",
    }]}  # fmt: skip
    model(clone, tmp_path, whole, name="another")
    clone.nc("ai", "resolve", article, "--accept")
    text = text_of(clone, article)
    assert "`TTL=7200`" in text
    assert "](https" not in text  # a link that nobody wrote


def test_an_article_has_no_second_version_and_may_not_be_marked(clone: Clone, marked: str) -> None:
    clone.nc("ai", "resolve", marked, "session-20260101-aaaaaaaa", code=2)
    clone.nc("ai", "resolve", "nothing-of-that-name", code=1)
    clone.nc("ai", "resolve", code=2)
