"""A sealed entry opens whole, under its own name, in its own place; or not at all."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.crew import Person
from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.domain import sealed
from git_naturecode.errors import Unsafe
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, header_line
from git_naturecode.store.opened import CLEAR

ADA, BEN = Person("ada"), Person("ben")
KEY, NONCE = os.urandom(32), os.urandom(12)
EPOCH = ADA.epoch([ADA, BEN], KEY)
LATER = ADA.epoch([ADA, BEN], KEY, number=2, prev=[EPOCH.digest])
ELSEWHERE = ADA.epoch([ADA, BEN], KEY, session="session-20261120-aaaaaaaa")


def _seal(entry: Entry) -> Entry:
    return sealed.seal(entry, ADA.device, EPOCH, KEY, NONCE)


def test_only_what_joining_and_judging_need_stays_in_the_clear() -> None:
    entry = ADA.says(
        "the secret plan", role="user", t="2026-01-01T00:00:00.000Z", model="gpt", red=["x:1"],
        target="e1", over=["e0"],
    )  # fmt: skip
    made = _seal(entry)
    assert set(made.header) == {*CLEAR, "enc"}
    assert (made.id, made.at, made.kind) == (entry.id, entry.at, entry.kind)
    assert made.header["device"] == ADA.device
    text = format.block(made)
    for secret in ("secret", "plan", "user", "2026-01", "gpt", "salt", "x:1"):
        assert secret not in text.replace(made.body or "", "")
    opened = sealed.unseal(made, EPOCH, KEY)
    left = {k: v for k, v in entry.header.items() if k not in ("salt", "enc")}
    assert opened.header == {**left, "device": ADA.device}
    assert opened.body == entry.body
    assert opened.key == made.key
    assert format.block(opened) == text


@given(
    st.dictionaries(st.text(max_size=8).map("x".__add__), st.text(max_size=20), max_size=3),
    st.one_of(st.none(), st.text(max_size=300)),
)
@settings(max_examples=80, deadline=None)
def test_whatever_is_said_comes_back(fields: dict[str, str], body: str | None) -> None:
    header = {"id": "e1-x", "at": "2026-11-20T10:00:00.123Z/0000", "kind": "message", **fields}
    entry = format.make(header, body)
    opened = sealed.unseal(_seal(entry), EPOCH, KEY)
    assert opened.body == entry.body
    assert {k: v for k, v in opened.header.items() if k in fields} == json.loads(
        header_line(fields)
    )


def test_it_comes_back_from_the_log_as_it_was() -> None:
    for body in ("text\n", "<!-- nc:entry {} -->", "```\n", "", "\ud800", "a\n\n\n", "x" * 70_000):
        entry = ADA.says(body)
        data = format.preamble("session-20261120-k3v9q2m7", ADA.device, 1) + format.block(
            _seal(entry)
        )
        (read,) = format.parse(data.encode()).entries
        assert read.is_sealed
        assert sealed.unseal(read, EPOCH, KEY).body == body


def test_every_flipped_bit_is_refused() -> None:
    made = _seal(ADA.says("the secret plan", target="e1", over=["e0"]))
    for part, size in (("line", len(made.line)), ("body", len(made.body or ""))):
        for bit in range(8 * size):
            data = bytearray((made.line if part == "line" else made.body or "").encode())
            data[bit // 8] ^= 1 << bit % 8
            text = data.decode("utf-8", "replace")
            line, body = (text, made.body) if part == "line" else (made.line, text)
            try:
                changed = Entry(line, body)
                if changed.header == made.header and body == made.body:
                    continue  # the same header, written otherwise
                sealed.unseal(changed, EPOCH, KEY)
            except (NotOpened, ValueError):  # or no header at all
                continue
            # How a body is written in the file may be changed: it says nothing about it.
            left = {k: v for k, v in changed.header.items() if k != "enc"}
            assert left == {k: v for k, v in made.header.items() if k != "enc"}
            assert "enc" not in json.loads(made.line) or part == "line"


_CHANGES: list[tuple[str, object]] = [
    ("id", "e9-x"), ("at", "2026-11-20T10:00:00.124Z/0000"), ("by", "eve@example.com"),
    ("device", BEN.device), ("kind", "comment"), ("target", "e2"), ("target", None),
    ("over", ["e3"]), ("over", None), ("epoch", LATER.digest),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(_CHANGES)))
def test_a_changed_header_is_refused(number: int) -> None:
    name, value = _CHANGES[number]
    made = _seal(ADA.says("plan", target="e1", over=["e0"]))
    header = {**made.header, name: value}
    if value is None:
        del header[name]
    changed = Entry(header_line(header), made.body)
    for epoch in (EPOCH, LATER):
        with pytest.raises(NotOpened):
            sealed.unseal(changed, epoch, KEY)


def test_cut_and_paste_is_refused() -> None:
    """Into another session, another epoch, under another id: also where the key is the same."""
    made, other = _seal(ADA.says("plan")), _seal(ADA.says("no", id="e2-x"))
    for epoch in (LATER, ELSEWHERE):
        with pytest.raises(NotOpened):
            sealed.unseal(made, epoch, KEY)
        moved = Entry(header_line({**made.header, "epoch": epoch.digest}), made.body)
        with pytest.raises(NotOpened):
            sealed.unseal(moved, epoch, KEY)
    with pytest.raises(NotOpened):
        sealed.unseal(Entry(other.line, made.body), EPOCH, KEY)


def test_what_is_inside_cannot_deny_what_stands_outside() -> None:
    from git_naturecode.crypto import sealing

    made = _seal(ADA.says("plan"))
    clear = {k: v for k, v in made.header.items() if k != "enc"}
    context = sealed._context(clear, EPOCH)
    for inside in ('{"by":"eve@example.com"}', '{"id":"x"}', "[]", "nonsense", ""):
        text = sealing.seal(KEY, context, inside.encode() + b"\nhello", NONCE)
        with pytest.raises(NotOpened):
            sealed.unseal(Entry(made.line, text), EPOCH, KEY)


def test_a_text_that_would_not_fit_is_refused_before_it_is_written() -> None:
    with pytest.raises(Unsafe, match="too long for an encrypted session"):
        _seal(ADA.says("x" * 3_200_000))


def test_an_entry_that_only_looks_sealed_is_none() -> None:
    assert not ADA.says("hello", epoch="x").is_sealed
    assert not ADA.puts("{}").is_sealed
