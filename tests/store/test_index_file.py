"""The file behind the index: how words are taken apart."""

import pytest

from git_naturecode.store import index_file


def test_words_are_taken_apart_however_many_were_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_file, "_taken_apart", {})
    monkeypatch.setattr(index_file, "_MOST_TAKEN_APART", 1)
    assert index_file.tokens_of(["ran", "read_file"]) == {
        "ran": ("ran",), "read_file": ("read", "file"),
    }  # fmt: skip
    assert index_file.tokens_of(["ran", "walked"]) == {"ran": ("ran",), "walked": ("walk",)}
    assert index_file.stems(["read_file", "ran"]) == {"read_file": "file", "ran": "ran"}
