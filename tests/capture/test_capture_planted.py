"""Secrets planted all over transcripts: nothing that comes out has a piece of one in it."""

import base64
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from git_naturecode.capture import conversations, read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from samples import WRITERS

_RANDOM = random.Random(7)
PIECE = 12


def some(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(_RANDOM.choice(alphabet) for _ in range(length - 2)) + "k7"


def github() -> str:
    return "ghp" + "_" + some(36)


OWN = [some(24), 'ka"ne/7+ so?ße9', "p4$$w0rd-of-mine!"]
_BODY = "\n".join(some(64) for _ in range(12))
_PLACES: dict[str, tuple[str, str]] = {}


def place(name: str, secret: str, text: str) -> None:
    _PLACES[name] = (secret, text)


for _kind, _secret in {
    "github": github(),
    "gitlab": "glpat" + "-" + some(20),
    "aws": "AKIA" + some(16, string.ascii_uppercase).upper(),
    "google": "AIza" + some(35),
    "openai": "sk" + "-proj-" + some(60),
    "anthropic": "sk" + "-ant-api03-" + some(80),
    "slack": "xox" + "b-2481639705-" + some(24),
    "stripe": "sk" + "_live_" + some(28),
    "npm": "npm" + "_" + some(36),
    "pypi": "pypi" + "-" + some(90),
    "hugging face": "hf" + "_" + some(34),
    "sendgrid": "SG" + "." + some(22) + "." + some(43),
    "age": "AGE-SECRET" + "-KEY-1" + some(58, string.ascii_uppercase + string.digits).upper(),
}.items():
    place(_kind, _secret, f"use {_secret} now")

_S = [github() for _ in range(12)]
place("json", _S[0], json.dumps({"a": f"x\n{_S[0]}"}))
place("json in json", _S[1], json.dumps(json.dumps({"a": f"x\n{_S[1]}\n"})))
place(
    "base64 environment",
    _S[2],
    base64.b64encode(f"A=b\nTOKEN={_S[2]}\nHOME=/x\n".encode()).decode(),
)
place("wrapped base64", _S[3], base64.encodebytes(f"A=b\nTOKEN={_S[3]}\n".encode() * 3).decode())
place("folded", _S[4], f"X={_S[4][:20]}\\\n{_S[4][20:]}")
place("url-encoded", _S[5], "https://e.org/?q=" + quote(f"key={_S[5]}", safe=""))
place("cut edge of the head", _S[6], "." * 1000 + f" {_S[6]} " + "." * 2000)
place("cut edge of the tail", _S[7], "." * 3000 + f" {_S[7]} " + "." * 500)
place("in what is cut", _S[8], "." * 3000 + f" {_S[8]} " + "." * 3000)
place("title edge", _S[9], "." * 60 + f" {_S[9]}")
place("diff", _S[10], f"-old\n+TOKEN={_S[10]}\n")
place("listing", _S[11], f"    12→export TOKEN={_S[11]}\n")
_V = [some(20) for _ in range(9)]
place("env", _V[0], f"DB_PASSWORD={_V[0]}")
place("quoted", _V[1], f'"client_secret": "{_V[1]}"')
place("escaped quotes", _V[2], f'{{\\"api_key\\": \\"{_V[2]}\\"}}')
place("address", _V[3], f"postgres://app:{_V[3]}@db/x")
place("bearer", _V[4], f"Authorization: Bearer {_V[4]}")
place("option", _V[5], f"tool --password {_V[5]}")
place("yaml", _V[6], f"token:\n  password: {_V[6]}\n")
place("header in code", _V[7], f"{{'X-Api-Key': '{_V[7]}'}}")
place("folded value", _V[8], f"PASSWORD={_V[8][:9]}\\\n{_V[8][9:]}")
place(
    "private key", _BODY, f"-----BEGIN RSA PRIVATE KEY-----\n{_BODY}\n-----END RSA PRIVATE KEY-----"
)
place(
    "private key in json",
    _BODY,
    json.dumps({"k": f"-----BEGIN PRIVATE KEY-----\n{_BODY}\n-----END PRIVATE KEY-----\n"}),
)
place("half a private key", _BODY, f"-----BEGIN EC PRIVATE KEY-----\n{_BODY[:300]}")
for _n, _own in enumerate(OWN):
    place(f"own {_n}", _own, f"see {_own} there")
    place(f"own {_n} json", _own, json.dumps({"a": _own}))
    place(f"own {_n} url", _own, quote(_own, safe=""))
    for _skip in range(3):
        place(
            f"own {_n} base64 {_skip}",
            _own,
            base64.b64encode(b"z" * _skip + _own.encode() + b"zzz").decode(),
        )


def pieces(secret: str) -> Iterator[str]:
    """Every 12 characters of the secret as it is, in JSON, in an address and within base64."""
    raw = secret.encode()
    forms = [secret, json.dumps(secret)[1:-1], quote(secret, safe="")]
    forms += [base64.b64encode(b"\0" * skip + raw).decode()[4:-4] for skip in range(3)]
    for form in forms:
        for line in form.split("\n"):
            yield from (
                line[at : at + PIECE]
                for at in range(max(1, len(line) - PIECE + 1))
                if len(line) >= PIECE
            )


def everything(draft: Draft) -> str:
    told = json.dumps(dict(draft.fields), ensure_ascii=False) + "\n" + (draft.body or "")
    # What was wrapped or folded is looked at as one, too.
    return told + "\n" + told.replace("\\\n", "").replace("\n", "")


# Only what is long is cut.
_CUT = [(name, False) for name, (_, text) in _PLACES.items() if len(text) > 1000 or "edge" in name]


@pytest.mark.parametrize(("name", "full"), [*((name, True) for name in _PLACES), *_CUT])
def test_no_piece_of_a_planted_secret_comes_out(tmp_path: Path, name: str, full: bool) -> None:
    secret, text = _PLACES[name]
    wanted = set(pieces(secret))
    for file, (write, least) in WRITERS.items():
        inside = conversations(str(write(tmp_path, text)))
        found = [d for one in inside for d in read(one, Redactor(OWN), full=full)]
        assert len(found) >= least
        assert all(draft.clean for draft in found)
        for draft in found:
            told = everything(draft)
            assert not [piece for piece in wanted if piece in told], (file, draft)
        assert any(draft.redacted for draft in found)


def test_the_scanner_itself_finds_what_is_not_redacted(tmp_path: Path) -> None:
    class Careless(Redactor):
        def text(self, text: str, *, keep: int = 0) -> tuple[str, tuple[str, ...]]:
            return text, ()

        def texts(self, texts: Any) -> tuple[list[str], tuple[str, ...]]:
            return list(texts), ()

    missed = []
    for name, (secret, text) in _PLACES.items():
        path = WRITERS["claude-code"][0](tmp_path, text)
        told = "\n".join(everything(draft) for draft in read(str(path), Careless(), full=True))
        if not any(piece in told for piece in pieces(secret)):
            missed.append(name)
    assert missed == []
    assert len(_PLACES) >= 30
