"""Recovery codes: typed by people, and the only thing that opens the box."""

import base64
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.crypto import recovery
from git_naturecode.errors import Negative, Usage

CODE = recovery.new_code(os.urandom)
KEPT = recovery.Kept("a member key", {"7f3kq0abx2m4c9vd": b"s" * 32, "0" * 16: b"t" * 32})
BOX = recovery.seal(KEPT, CODE, os.urandom)


def test_a_code_opens_its_box() -> None:
    assert recovery.open_box(BOX, CODE) == KEPT
    assert recovery.open_box(BOX, recovery.read_code(str(CODE))) == KEPT


def test_a_box_shows_nothing_of_what_is_in_it() -> None:
    said = base64.b64decode(BOX)
    assert KEPT.member.encode() not in said
    assert CODE.secret.encode() not in said
    kdf = json.loads(said)["kdf"]
    assert (kdf["t"], kdf["m"], kdf["p"]) == (3, 65536, 4)


def test_another_code_does_not() -> None:
    other = recovery.Code(CODE.name, recovery.new_code(os.urandom).secret)
    for box, code in ((BOX, other), ("", CODE), ("!", CODE), (BOX[:-8], CODE), ("e30=", CODE)):
        with pytest.raises(Negative, match="does not open"):
            recovery.open_box(box, code)


@given(st.binary(min_size=25, max_size=25))
def test_a_code_can_be_typed_as_people_type(random: bytes) -> None:
    code = recovery.new_code(lambda size: random[:size])
    said = str(code)
    assert len(said) == 41
    assert set(said) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    for typed in (
        said, said.lower(), said.replace("-", ""), said.replace("-", " "), f" {said}\n",
        said.replace("0", "O").replace("1", "l"), said.lower().replace("0", "o").replace("1", "i"),
    ):  # fmt: skip
        assert recovery.read_code(typed) == code


@given(st.integers(0, 34), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_a_typing_error_is_noticed(at: int, letter: str) -> None:
    bare = str(CODE).replace("-", "").lower()
    typed = bare[:at] + letter + bare[at + 1 :]
    if typed != bare:
        with pytest.raises(Usage):
            recovery.read_code(typed)


@given(st.text(max_size=60))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(Usage):
        recovery.read_code(text)


def test_two_letters_that_changed_places_are_noticed() -> None:
    bare = str(CODE).replace("-", "")
    for at in range(34):
        typed = bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]
        if typed != bare:
            with pytest.raises(Usage):
                recovery.read_code(typed)
