"""What a replaced text looks like, and what the redactor promises about every text."""

import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.errors import NaturecodeError
from git_naturecode.redact import LABEL, Redactor, own_secrets
from git_naturecode.redact import redactor as redactor_module
from growing import grows_evenly

ONE = "ghp" + "_" + "a8Kd03jZq7" * 3 + "Lm29Xc"
TWO = "ghp" + "_" + "Zq7a8Kd03j" * 3 + "Xc29Lm"
OWN = ['correct horse/7 "battery"', "Tr0ub4dor&3é", "k9Q2m7Wz4X1c8V5b3N6a0S", "gute-nacht-31"]
SECRETS = [ONE, "AKIA" + "Q7ZK3M9X2B5N8V4C", "npm" + "_" + "x7Yk" * 9, *OWN]


def test_numbers_name_distinct_secrets_in_the_order_of_the_text() -> None:
    text, labels = Redactor().text(f"{ONE} {TWO} {ONE} password='Xk9aaP2mQ7!'")
    assert text == (
        "[REDACTED:github-token:1] [REDACTED:github-token:2] [REDACTED:github-token:1]"
        " password='[REDACTED:password:1]'"
    )
    assert labels == ("github-token:1", "github-token:2", "github-token:1", "password:1")


def test_numbers_go_on_behind_labels_that_are_there_already() -> None:
    first, _ = Redactor().text(f"{ONE} and {OWN[2]}")
    second, labels = Redactor(OWN).text(f"{first} {TWO}")
    assert second == "[REDACTED:github-token:1] and [REDACTED:own:1] [REDACTED:github-token:2]"
    assert labels == ("own:1", "github-token:2")


def test_labels_are_never_looked_into() -> None:
    text = "https://u:abc[REDACTED:own:1]def@example.org"
    assert Redactor().text(text) == (text, ())


def test_texts_of_one_thing_share_their_numbers() -> None:
    texts, labels = Redactor().texts([ONE, f"x {TWO}", ONE])
    assert texts == [
        "[REDACTED:github-token:1]",
        "x [REDACTED:github-token:2]",
        "[REDACTED:github-token:1]",
    ]
    assert labels == ("github-token:1", "github-token:2", "github-token:1")


def test_values_are_walked_with_keys_and_with_what_keys_say() -> None:
    value = {
        "a": [1, None, True, {"b": f"x {ONE}"}],
        TWO: "key",
        ONE: "other key",
        "password": "Xk9aaP2mQ7!",
        "tokens": 12,
    }
    clean, labels = Redactor().value(value)
    assert clean == {
        "a": [1, None, True, {"b": "x [REDACTED:github-token:1]"}],
        "[REDACTED:github-token:2]": "key",
        "[REDACTED:github-token:1]": "other key",
        "password": "[REDACTED:value:1]",
        "tokens": 12,
    }
    assert len(labels) == 4
    assert Redactor().value(clean) == (clean, ())


def test_a_value_nested_beyond_reason_is_refused() -> None:
    value: Any = ONE
    for _ in range(5000):
        value = [value]
    with pytest.raises(NaturecodeError):
        Redactor().value(value)


@pytest.mark.parametrize("method", ["text", "texts", "value"])
def test_a_fault_of_a_rule_keeps_the_text_out(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def broken(text: str, *_: object) -> None:
        raise ValueError(f"cannot read {text}")

    monkeypatch.setattr(redactor_module, "find_tokens", broken)
    given_value = [ONE] if method == "texts" else ONE
    with pytest.raises(NaturecodeError) as caught:
        getattr(Redactor(), method)(given_value)
    assert ONE not in str(caught.value)
    assert caught.value.__cause__ is None


def _forms(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[1:-1],
        quote(secret, safe=""),
        re.sub("%..", lambda match: match[0].lower(), quote(secret, safe="")),
        base64.b64encode(raw).decode(),
        base64.b64encode(b"x" + raw + b"yz").decode(),
        base64.b64encode(b"xy" + raw + b"z").decode(),
        base64.b64encode(b"\xff\xfe\x00" * 20 + raw + b"\xff" * 9).decode(),
        base64.urlsafe_b64encode(b"?>" + raw + b"?>").decode(),
        base64.encodebytes(
            b"HOME=/x\nSHELL=/bin/sh\nUSER=ada\nX=" + raw + b"\nLANG=C\n" * 9
        ).decode(),
        raw.hex(),
    ]


@pytest.mark.parametrize("form", range(13))
@pytest.mark.parametrize("secret", OWN)
def test_own_secrets_go_in_every_form(secret: str, form: int) -> None:
    text = _forms(secret)[form]
    clean, labels = Redactor(OWN).text(f"before {text} after")
    assert set(labels) <= {"own:1", "base64:1"}
    assert labels
    for piece in (text[at : at + 12] for at in range(4, len(text) - 16)):
        assert piece not in clean or len(text) > 90


def test_the_longest_own_secret_goes_whole() -> None:
    clean, _ = Redactor(["gute-nacht", "gute-nacht-31-und-mehr"]).text("x gute-nacht-31-und-mehr y")
    assert clean == "x [REDACTED:own:1] y"


def test_own_secrets_are_what_looks_secret_in_the_environment() -> None:
    environ = {
        "HOME": "/home/ada",
        "PATH": "/usr/bin:/bin",
        "GITHUB_TOKEN": ONE,
        "DB_PASSWORD": "Xk9aaP2mQ7!",
        "POSTGRES_PASSWORD": "postgres",
        "AUTH_TOKEN_FILE": "/run/secrets/token-17",
        "DATABASE_URL": "postgres://app:S3cr-7tPw@db/x",
        "MAX_TOKENS": "40960000",
        "SSH_AUTH_SOCK": "/tmp/ssh-XXXX1a2b3c/agent.1",
        "PLAIN": TWO,
        "API_KEY": "",
        "SECRET_KEY_BASE": "0123456789abcdef" * 4,
    }
    dotenv = [
        "# a comment\nexport MAIL_PASSWORD='it is 17 words'  # why\nPORT=8080\nSMTP_PASSWD=q7_Wz9\n"
    ]
    assert own_secrets(environ, dotenv) == sorted(
        [
            *(ONE, TWO, "Xk9aaP2mQ7!", "S3cr-7tPw", "0123456789abcdef" * 4),
            *("it is 17 words", "q7_Wz9"),
        ],
        key=lambda value: (-len(value), value),
    )


_PIECES = st.one_of(
    st.sampled_from(
        [
            *SECRETS,
            "password=",
            "token: ",
            '"',
            "'",
            "\\n",
            "\n",
            "\\\n",
            "=",
            "://",
            "a:b@",
            "eyJ",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "[REDACTED:own:1]",
            "[REDACTED:",
            "Bearer ",
            "Authorization: ",
            "api_key",
            "\ud800",
            "é",
            "İ",
            "\x00",
            "\u2028",
            "QUJD" * 12,
        ]
    ),
    st.text(max_size=20),
    st.text("abcAB019+/=_-.", max_size=50),
)
_TEXTS = st.lists(_PIECES, max_size=12).map("".join)


@given(_TEXTS)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    redactor = Redactor(OWN)
    clean, labels = redactor.text(text)
    assert redactor.text(clean) == (clean, ())
    assert redactor.text(text) == (clean, labels)
    assert len(LABEL.findall(clean)) == len(LABEL.findall(text)) + len(labels)


@given(_TEXTS, st.sampled_from(SECRETS), _TEXTS)
def test_a_planted_secret_never_survives(before: str, secret: str, after: str) -> None:
    clean, _ = Redactor(OWN).text(f"{before}\n {secret} \n{after}")
    assert f" {secret} " not in clean


@given(st.text(st.characters(exclude_characters="=:@\\"), max_size=300))
def test_text_without_secrets_comes_back_as_it_was(text: str) -> None:
    clean, labels = Redactor(OWN).text(text)
    if not labels:
        assert clean == text


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_values_keep_their_shape(value: Any) -> None:
    clean, labels = Redactor().value(value)
    assert labels or clean == value


_LARGE = 60_000
_UNITS = [
    *("a", "=", "eyJ", "-----BEGIN", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"),
    *(
        "password=",
        'token: "',
        "://a:",
        "https://u:pw1x@h ",
        "sk-",
        "ghp_",
        "Authorization: Bearer ",
    ),
    *("Aa0+" * 16 + "\n", "eyJhbGciOiJIUzI1NiJ9.", "\\\n", "auth:", "[REDACTED:", "secret='a1"),
    *("AWS_SECRET_ACCESS_KEY=", "dG9rZW49YWJj", "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnIygWyF\n"),
]


@pytest.mark.parametrize("unit", _UNITS)
def test_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    assert grows_evenly(lambda size: Redactor(OWN).text(unit * (size // len(unit))), _LARGE)


def test_long_base64_stays_where_that_is_wanted_but_no_secret_that_stands_in_it() -> None:
    long = base64.b64encode(f"{'words and ' * 90}{ONE}{' more' * 90}".encode()).decode().rstrip("=")
    assert Redactor().text(long)[1] == ("base64:1",)
    assert Redactor().text(f"{long}\n\n{TWO}\n", keep=1_000) == (
        f"{long}\n\n[REDACTED:github-token:1]\n",
        ("github-token:1",),
    )
    assert Redactor().text(long, keep=10_000)[1] == ("base64:1",)
    folded = f"{long}/{TWO[:20]}\\\n{TWO[20:]}\n"  # read as one line it runs on into a token
    assert TWO[20:] not in Redactor().text(folded, keep=1_000)[0]
    assert Redactor([OWN[2]]).text(f"{long[:1200]}{OWN[2]}{long[1200:]}", keep=1_000)[1]
