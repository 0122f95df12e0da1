"""Texts sealed under a shared key open whole, in their place, or not at all."""

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.crypto import sealing
from git_naturecode.crypto.hpke import NotOpened

KEY, CONTEXT = bytes(range(32)), b'{"id":"x"}'


@given(st.binary(max_size=2_000), st.binary(max_size=50))
@settings(max_examples=60, deadline=None)
def test_what_is_sealed_opens_again(plain: bytes, context: bytes) -> None:
    text = sealing.seal(KEY, context, plain, os.urandom(12))
    assert sealing.unseal(KEY, context, text) == plain
    with pytest.raises(NotOpened):
        sealing.unseal(KEY, context + b" ", text)
    with pytest.raises(NotOpened):
        sealing.unseal(bytes(32), context, text)


def test_every_flipped_bit_is_refused() -> None:
    data = base64.b64decode(sealing.seal(KEY, CONTEXT, b"the secret plan", bytes(12)))
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotOpened):
            sealing.unseal(KEY, CONTEXT, base64.b64encode(bytes(changed)).decode())


def test_a_text_is_written_in_one_way_only() -> None:
    text = sealing.seal(KEY, CONTEXT, b"plan", os.urandom(12))
    for other in (text + "\n", " " + text, text.rstrip("="), text + "=", text + "ä", ""):
        if other != text:
            with pytest.raises(NotOpened):
                sealing.unseal(KEY, CONTEXT, other)
    assert text.endswith("=")  # so that some bits of its last letter mean nothing
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(text[-2]) + 1]
    with pytest.raises(NotOpened):
        sealing.unseal(KEY, CONTEXT, text[:-2] + last + "=")


@pytest.mark.parametrize(
    ("size", "seen"),
    [(0, 256), (255, 256), (256, 512), (511, 512), (512, 1024), (65_535, 65_536), (65_536, 65_537)],
)
def test_only_the_class_of_a_size_is_seen(size: int, seen: int) -> None:
    assert len(sealing.padded(b"a" * size)) == seen
    assert sealing.unpadded(sealing.padded(b"a" * size)) == b"a" * size


@pytest.mark.parametrize("data", [b"", bytes(256), b"a" * 256, b"a\x80", b"a\x80" + bytes(511)])
def test_a_wrong_padding_is_refused(data: bytes) -> None:
    with pytest.raises(NotOpened):
        sealing.unpadded(data)


def test_a_text_that_ends_like_a_padding_comes_back_whole() -> None:
    for plain in (b"\x80", b"a\x80\0\0", b"\0" * 300, b"\x80" * 255):
        assert sealing.unpadded(sealing.padded(plain)) == plain


def test_a_commitment_fits_one_key() -> None:
    said = sealing.commitment(KEY)
    assert sealing.is_committed(KEY, said)
    assert not sealing.is_committed(bytes(32), said)
    assert not sealing.is_committed(KEY, said[:-1] + ("0" if said[-1] != "0" else "1"))
    assert not sealing.is_committed(KEY, "ä")
