"""Two rankings made one, and the small model itself."""

import pytest

from git_naturecode.errors import Unsupported
from git_naturecode.kb import by_meaning, embedding
from git_naturecode.store.described import Hit
from git_naturecode.store.meaning import Meant


def hits(names: str, score: float = 0.9) -> list[Hit]:
    return [Hit({"id": f"kb-20261126-{name}"}, "text", "", score, "kb") for name in names]


def joined(words: str, meant: str, near: float = 0.9, unknown: str = "") -> str:
    told = Meant(hits(meant, near), frozenset(words.index(name) for name in unknown))
    return "".join(str(hit.row["id"])[-1] for hit in by_meaning.joined(hits(words), told))


def test_what_both_rank_high_comes_first() -> None:
    assert joined("abc", "") == "abc"
    assert joined("abc", "c") == "cab"
    assert joined("ab", "xa") == "abx"


def test_what_has_none_of_the_words_has_to_be_near() -> None:
    assert joined("ab", "xb", near=0.29) == "ba"
    assert joined("", "x", near=0.29) == ""
    assert joined("", "x", near=0.3) == "x"


def test_what_cannot_be_compared_keeps_its_place() -> None:
    assert joined("abc", "bc") == "bca"
    assert joined("abc", "bc", unknown="a") == "abc"


def test_the_model_knows_what_means_alike_and_what_it_cannot_read() -> None:
    model = embedding.load()
    car, vehicle, bread, chinese, nothing = model.vectors(
        [
            "the car broke down",
            "an automobile stopped working",
            "bread with yeast",
            "用缓存加速测试",
            "",
        ]
    )
    assert car @ vehicle > 0.3 > car @ bread
    assert car @ car == pytest.approx(1)
    assert not chinese.any()
    assert not nothing.any()
    assert model.vectors(["Bread\nis\nbaked\n\n"]).any()  # lines are no script of their own


def test_a_package_that_is_damaged_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(embedding, "_folder", lambda: str(tmp_path_factory.mktemp("empty")))
    with pytest.raises(Unsupported, match="cannot be loaded"):
        embedding.load()
