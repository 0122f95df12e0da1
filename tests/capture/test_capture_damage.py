"""Transcripts of every tool, damaged: nothing raises, and what was not hit still comes out."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.capture import conversations, read
from git_naturecode.redact import Redactor
from samples import JSON, WRITERS

DEEP = 5_000


def everything(path: Path, full: bool = True) -> list[str | None]:
    return [
        draft.body
        for found in conversations(str(path))
        for draft in read(found, Redactor(), full=full)
    ]


@pytest.mark.parametrize("name", WRITERS)
@given(st.data())
def test_bytes_that_changed_stop_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    path = WRITERS[name][0](tmp_path_factory.mktemp("damage"), "some text")
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        cut = data.draw(st.sampled_from([0, 1, 3, 40]))
        whole[at : at + cut] = data.draw(
            st.sampled_from([b"", b"\n", b'"', b"{", b"]", b"\xff", b"\\ud83d", b"null", b"7"])
        )
    path.write_bytes(whole)
    everything(path)


@pytest.mark.parametrize("name", JSON)
@given(seed=st.integers(0, 1 << 30))
def test_values_of_other_kinds_stop_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int
) -> None:
    path = WRITERS[name][0](tmp_path_factory.mktemp("kinds"), "some text")
    chance = random.Random(seed)
    raw = path.read_text()
    one = path.suffix == ".json"
    lines = [json.loads(line) for line in ([raw] if one else raw.split("\n")) if line]
    odd = [None, True, -1, 1e300, "", "x", [], {}, [None], {"type": 3}, [[["x"]]]]

    def turned(value: object) -> object:
        if chance.random() < 0.04:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {key: turned(item) for key, item in value.items()}
        return [turned(item) for item in value] if isinstance(value, list) else value

    path.write_text("".join(json.dumps(turned(line)) + "\n" for line in lines))
    everything(path)


@pytest.mark.parametrize("name", WRITERS)
def test_a_torn_end_loses_only_itself(tmp_path: Path, name: str) -> None:
    path = WRITERS[name][0](tmp_path, "some text")
    whole = everything(path)
    if path.suffix == ".jsonl":
        with path.open("ab") as file:
            file.write(b'{"type":"assistant","text":"half')
        assert everything(path) == whole


@pytest.mark.parametrize("name", JSON)
def test_line_ends_of_windows_change_nothing(tmp_path: Path, name: str) -> None:
    path = WRITERS[name][0](tmp_path, "some text")
    whole = everything(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert everything(path) == whole


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("text", ["lone \ud83d half", "nul \x00 \u2028 \r\n end", " \n", "日本 İß"])
def test_texts_survive_as_they_are(tmp_path: Path, name: str, text: str) -> None:
    path = WRITERS[name][0](tmp_path, text)
    assert text in everything(path)


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("depth", [900, 990, DEEP])
def test_deep_nesting_stops_nothing(tmp_path: Path, name: str, depth: int) -> None:
    path = WRITERS[name][0](tmp_path, "DEEP")
    nest = "[" * depth + "]" * depth
    raw = path.read_text()
    for deep in (nest, '{"a":' * depth + "1" + "}" * depth):
        path.write_text(raw.replace('"DEEP"', deep))
        everything(path)
    text = json.dumps('{"cmd":' * depth + "1" + "}" * depth)
    path.write_text(raw.replace('"DEEP"', text))
    everything(path)
