"""Models at hosts, over a real socket: each answer is one, or a failure that says why."""

import datetime
import email.utils
import ipaddress
import itertools
import json
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from ai.providers import server as acts
from ai.providers.asked import FORMS, KEY, LONG, QUESTION, World, model
from ai.providers.server import ModelServer, serving
from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import Ending, Stream
from git_naturecode.ai.providers.masking import MASK, masked
from git_naturecode.ai.providers.protocol import Answer, Limits, ProviderFailed
from git_naturecode.errors import INCONCLUSIVE


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server that says hello until it is told otherwise."""
    with serving() as made:
        yield made


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """Both forms that hosts speak."""
    return str(request.param)


def test_an_answer_comes_in_pieces(form: str, server: ModelServer) -> None:
    server.plays(acts.says("He", "llo ", "wörld"))
    heard: list[str] = []
    answer = model(form, server).complete(QUESTION, limits=LONG, on_text=heard.append)
    assert answer == Answer("Hello wörld", acts.NAME, *acts.USAGE, "stop")
    assert heard == ["He", "llo ", "wörld"]


def test_what_is_asked(form: str, server: ModelServer) -> None:
    model(form, server).complete(QUESTION, schema={"type": "object"}, limits=LONG)
    (asked,) = server.asked
    assert asked.body["model"] == "m-1"
    assert asked.body["temperature"] == 0.3
    assert asked.body["max_tokens"] == 2000
    said = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    if form == "openai":
        assert asked.path == "/v1/chat/completions"
        assert asked.body["messages"] == said
        assert asked.body["response_format"] == {"type": "json_object"}
        assert asked.headers["authorization"] == f"Bearer {KEY}"
    else:
        assert asked.path == "/v1/messages"
        assert asked.body["system"] == "Be brief."
        assert asked.body["messages"] == said[1:]
        assert asked.body["output_config"]["format"]["schema"] == {"type": "object"}
        assert asked.headers["x-api-key"] == KEY
    assert json.dumps(asked.headers).count(KEY) == 1


def test_nothing_of_the_environment_leaves(
    form: str, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as other:
        for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, other.url)
        for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "ANTHROPIC_API_KEY",
                     "ANTHROPIC_AUTH_TOKEN"):  # fmt: skip
            monkeypatch.setenv(name, "canary-of-the-environment")
        monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-canary: canary-of-the-environment")
        model(form, server).complete(QUESTION, limits=LONG)
        assert not other.asked
    told = json.dumps(server.asked[0].headers)
    assert "canary" not in told
    assert "stainless" not in told
    assert "python" not in told.lower()


FAILURES: dict[str, tuple[list[acts.Act], str, str]] = {
    "key": ([acts.status(401, f"no such key: {KEY}")], "auth", "401"),
    "half a key": ([acts.status(403, f"bad key {KEY[: len(KEY) // 2]}…")], "auth", "403"),
    "credit": ([acts.status(402, "Insufficient Balance")], "auth", "402"),
    "quota": ([acts.status(429, "insufficient_quota: see billing")], "auth", "429"),
    "model": ([acts.status(404, "no such model")], "unknown", "no such model"),
    "too long": ([acts.status(400, "maximum context length is 9")], "too large", "400"),
    "rate": ([acts.status(429, "slow down")], "rate", "slow down"),
    "broken": ([acts.status(500, "oh no")], "server", "500"),
    "overloaded": ([acts.status(529)], "server", "529"),
    "cut": ([acts.cut("Hel", "lo")], "cut", "broke off"),
    "reset": ([acts.reset], "cut", "broke off"),
    "no JSON": ([acts.raw(b"event: message_start\ndata: {nope\n\n")], "unknown", "no answer"),
    "odd JSON": (
        [acts.raw(b'event: message_start\ndata: {"type":"message_start","choices":"x"}\n\n')],
        "unknown",
        "no answer",
    ),
    "deep JSON": (
        [acts.raw(b"event: message_start\ndata: " + b"[" * 100_000 + b"\n\n")],
        "unknown",
        "no answer",
    ),
    "no UTF-8": ([acts.raw(b"data: \xff\xfe\n\n")], "unknown", "no answer"),
    "a page": ([acts.raw(b"<html>log in</html>", "text/html")], "unknown", "text/html"),
    "no type": ([acts.raw(b"hello", "")], "unknown", "unnamed"),
    "nothing": ([acts.says(" ", "\n")], "empty", "nothing"),
    "packed": ([acts.bomb], "unknown", "packed"),
    "endless": ([acts.endless], "too large", "100000 bytes"),
    "one long line": ([acts.raw(b"data: " + b"x" * 10_000_000)], "too large", "bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_no_answer_is_a_failure(form: str, name: str, server: ModelServer) -> None:
    script, kind, words = FAILURES[name]
    server.plays(*script)
    limits = LONG._replace(size=100_000)
    with pytest.raises(ProviderFailed) as caught:
        model(form, server, chance=World().chance).complete(QUESTION, limits=limits)
    failure = caught.value
    assert failure.kind == kind
    assert words in failure.message
    assert failure.code == INCONCLUSIVE
    told = f"{failure.message} {failure.hint}"
    assert KEY not in told
    assert KEY[: len(KEY) // 2] not in told
    assert "\n" not in failure.message
    assert len(failure.message) < 400
    tries = limits.tries if kind in ("rate", "server", "cut") else 1
    assert len(server.asked) == tries


def test_a_host_that_never_answers(form: str, server: ModelServer) -> None:
    server.plays(acts.never)
    with pytest.raises(ProviderFailed, match=r"said nothing for 0\.2 seconds") as caught:
        model(form, server).complete(QUESTION, limits=LONG._replace(silence=0.2))
    assert caught.value.kind == "time"


@pytest.mark.parametrize("act", [acts.never, acts.drips_head, acts.drips_pings])
def test_the_whole_has_an_end_whatever_comes(form: str, act: acts.Act, server: ModelServer) -> None:
    server.plays(act)
    limits = Limits(seconds=0.4, connect=200, silence=200)
    with pytest.raises(ProviderFailed, match=r"within 0\.4 seconds") as caught:
        model(form, server).complete(QUESTION, limits=limits)
    assert caught.value.kind == "time"
    assert len(server.asked) <= 1


def test_an_answer_that_the_time_cuts_off_is_kept_as_far_as_it_came(
    form: str, server: ModelServer
) -> None:
    def act(talk: acts.Talk) -> None:
        talk.begin()
        talk.text("half of ")
        talk.closing.wait()

    server.plays(act)
    with pytest.raises(ProviderFailed) as caught:
        model(form, server).complete(QUESTION, limits=LONG._replace(silence=3))
    assert caught.value.partial == "half of "


def test_no_server_at_all(form: str) -> None:
    world = World()
    with serving() as gone:
        asked = model(form, gone, chance=world.chance)
    with pytest.raises(ProviderFailed, match="cannot be reached") as caught:
        asked.complete(QUESTION, limits=LONG)
    assert "Errno" not in caught.value.message
    assert not world.pauses, "what is not running does not begin to by being asked again"


def test_a_host_that_is_not_there_is_asked_again(
    form: str, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(address: tuple[str, int], *args: object, **more: object) -> socket.socket:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    world = World()
    asked = replace(model(form, server, chance=world.chance), endpoint="http://no.example/v1")
    with pytest.raises(ProviderFailed, match=r"no\.example cannot be reached \(Name or") as caught:
        asked.complete(QUESTION, limits=LONG)
    assert caught.value.kind == "server"
    assert len(world.pauses) == LONG.tries - 1


def test_a_host_that_speaks_no_tls(form: str, server: ModelServer) -> None:
    asked = replace(
        model(form, server, chance=World().chance),
        endpoint=server.url.replace("http:", "https:"),
    )
    with pytest.raises(ProviderFailed, match=r"cannot be reached|broke off"):
        asked.complete(QUESTION, limits=LONG)
    assert not server.asked


def test_a_certificate_that_nobody_vouches_for(form: str, tmp_path: Path) -> None:
    with serving(tls=own_certificate(tmp_path)) as server:
        asked = model(form, server, chance=World().chance)
        with pytest.raises(ProviderFailed, match="cannot be reached") as caught:
            asked.complete(QUESTION, limits=LONG)
        assert "certificate" in caught.value.message.lower()
        assert not server.asked


def own_certificate(folder: Path) -> ssl.SSLContext:
    """What a server needs that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - day).not_valid_after(now + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "server.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_an_answer_that_ends_early_says_so(form: str, finish: str, server: ModelServer) -> None:
    server.plays(acts.says("as far as", finish=finish))
    answer = model(form, server).complete(QUESTION, limits=LONG)
    assert answer.text == "as far as"
    assert answer.finish == {"length": "length", "content_filter": "refused"}[finish]


def test_a_refusal_without_words_is_an_answer(form: str, server: ModelServer) -> None:
    server.plays(acts.says(finish="content_filter"))
    assert model(form, server).complete(QUESTION, limits=LONG).finish == "refused"


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_question_does_not_follow_to_another_host(
    form: str, code: int, server: ModelServer
) -> None:
    with serving() as other:
        server.plays(acts.redirect(other.url + "/v1/chat/completions", code))
        with pytest.raises(ProviderFailed, match="another place"):
            model(form, server).complete(QUESTION, limits=LONG)
        assert not other.asked


def test_it_is_asked_again_when_the_host_has_had_its_pause(form: str, server: ModelServer) -> None:
    server.plays(acts.status(429, "slow", retry_after="7"), acts.status(503), acts.says("There."))
    world, waits = World(), list[float]()
    asked = model(form, server, chance=world.chance, on_wait=lambda s, why: waits.append(s))
    assert asked.complete(QUESTION, limits=LONG).text == "There."
    assert world.pauses == waits
    assert 7 <= world.pauses[0] < 8
    assert 0 < world.pauses[1] <= 1


def test_a_pause_that_is_too_long_is_not_waited_for(form: str, server: ModelServer) -> None:
    server.plays(acts.status(429, "slow", retry_after="251"))
    world = World()
    with pytest.raises(ProviderFailed) as caught:
        model(form, server, chance=world.chance).complete(QUESTION, limits=LONG)
    assert caught.value.retry_after == 251
    assert not world.pauses


def test_what_was_heard_is_not_said_twice(form: str, server: ModelServer) -> None:
    server.plays(acts.cut("Hel"), acts.says("Hello"))
    heard: list[str] = []
    with pytest.raises(ProviderFailed) as caught:
        model(form, server, chance=World().chance).complete(
            QUESTION, limits=LONG, on_text=heard.append
        )
    assert heard == ["Hel"]
    assert caught.value.partial == "Hel"
    server.plays(acts.cut("Hel"), acts.says("Hello"))
    again = model(form, server, chance=World().chance).complete(QUESTION, limits=LONG)
    assert again.text == "Hello"


def test_a_host_is_not_asked_for_what_it_does_not_know(form: str, server: ModelServer) -> None:
    field = "response_format" if form == "openai" else "output_config"
    server.plays(
        acts.status(400, f"Unrecognized request argument: {field}"),
        acts.status(400, "temperature is deprecated for this model"),
        acts.says("There."),
    )
    answer = model(form, server).complete(QUESTION, schema={"type": "object"}, limits=LONG)
    assert answer.text == "There."
    assert field in server.asked[0].body
    assert field not in server.asked[1].body
    assert "temperature" not in server.asked[2].body


def test_a_host_that_calls_the_tokens_otherwise(server: ModelServer) -> None:
    server.plays(acts.status(400, "use 'max_completion_tokens' instead"), acts.says("There."))
    model("openai", server).complete(QUESTION, limits=LONG)
    assert server.asked[1].body["max_completion_tokens"] == 2000
    assert "max_tokens" not in server.asked[1].body


def test_a_host_that_repeats_the_key(form: str, server: ModelServer) -> None:
    server.plays(acts.says("s", "sk-", f"sk-{KEY[:7]}", f"{KEY[7:]}{KEY}", "-", KEY[:5]))
    heard: list[str] = []
    answer = model(form, server).complete(QUESTION, limits=LONG, on_text=heard.append)
    assert answer.text == "".join(heard) == f"ssk-sk-{MASK}{MASK}-{KEY[:5]}"


@given(st.lists(st.sampled_from([KEY, KEY[:4], KEY[4:], KEY[:1], KEY[-3:], "a", "sk-", "s\n"])),
       st.lists(st.integers(1, 9), min_size=1))  # fmt: skip
def test_the_key_is_found_however_it_is_cut_up(words: list[str], sizes: list[int]) -> None:
    text, pieces, at = "".join(words), list[str](), 0
    for size in itertools.cycle(sizes):
        pieces.append(text[at : at + size])
        at += size
        if at >= len(text):
            break

    def stream() -> Stream:
        yield from pieces
        return Ending("m", None, None, "stop")

    told = list(masked(stream(), KEY))
    assert KEY not in "".join(told)
    assert "".join(told).count(MASK) == text.count(KEY)
    if KEY not in text:
        assert "".join(told) == text


@pytest.mark.parametrize("word", ["this", "desk-", "sk-", "ss"])
def test_words_do_not_wait(word: str) -> None:
    def stream() -> Stream:
        yield word
        raise AssertionError("it was asked for more before it had said what it has")

    assert next(masked(stream(), KEY)) == word


@pytest.mark.parametrize("raised", [BrokenPipeError, KeyboardInterrupt, ValueError])
def test_whoever_listens_may_stop(
    form: str, raised: type[BaseException], server: ModelServer
) -> None:
    server.plays(acts.endless)

    def hear(text: str) -> None:
        raise raised

    with pytest.raises(raised):
        model(form, server).complete(QUESTION, limits=LONG, on_text=hear)
    assert len(server.asked) == 1


def test_half_a_character_is_no_trap(form: str, server: ModelServer) -> None:
    server.plays(acts.says("a\ud83d", "b\ud83d\ude00"))
    text = model(form, server).complete(QUESTION, limits=LONG).text
    assert text == "a\ufffdb\U0001f600"


def test_an_error_in_the_middle_of_an_answer(form: str, server: ModelServer) -> None:
    def act(talk: acts.Talk) -> None:
        talk.begin()
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "too busy"}}
        talk.events(error)

    server.plays(act)
    with pytest.raises(ProviderFailed, match="too busy") as caught:
        model(form, server, chance=World().chance).complete(QUESTION, limits=LONG)
    assert caught.value.kind == "server"


def test_the_key_is_in_no_log(
    form: str, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    asked = model(form, server)
    asked.complete(QUESTION, limits=LONG)
    assert KEY not in caplog.text
    assert "Be brief" not in caplog.text
    assert KEY not in repr(asked)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry-after": "12"}, 12), ({"retry-after": " 0.5 "}, 0.5), ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None), ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({}, None), ({"retry-after": "²"}, None), ({"retry-after": "Fri, 99 Foo"}, None),
        ({"retry-after": "Wed, 21 Oct 99999999999 07:28:00 GMT"}, None),
    ],
)  # fmt: skip
def test_how_long_a_host_wants_to_be_left_alone(
    headers: dict[str, str], pause: float | None
) -> None:
    assert failures.wanted_pause(headers) == pause


def test_a_pause_until_a_date() -> None:
    now = time.time()
    date = email.utils.formatdate(int(now) + 30, usegmt=True)
    assert failures.wanted_pause({"retry-after": date}, lambda: int(now)) == 30
    assert failures.wanted_pause({"retry-after": date}, lambda: now + 99) == 0
