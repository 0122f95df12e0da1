"""Served links: half of a key here, half in the link, and both gone at the end."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import browser
from box import Clone
from git_naturecode import clock, ids, linksharing
from git_naturecode.linksharing import book, serving
from git_naturecode.redact import Redactor

SECRET = "the zebra walks at noon"
DAY = clock.DAY_MS


class Time:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.began, self.ahead = clock.system_ms(), 0

    def __call__(self) -> int:
        return self.began + self.ahead


@pytest.fixture
def talk(clone: Clone) -> str:
    made = clone.start("Zebra")
    clone.nc("session", "say", made, f"Why? {SECRET}")
    return made


def state(clone: Clone) -> Path:
    return clone.path / ".git/naturecode"


def linked(clone: Clone, session: str) -> linksharing.Link:
    """A served link of seven days."""
    with clone.store() as store:
        going = linksharing.prepare(store.read(ids.tail(session), "session"), Redactor())
        link = linksharing.make(store, going, clock.system_ms() + 7 * DAY, split=True)
        book.keep(store.state_dir, linksharing.kept(link, session))
    return link


@contextmanager
def running(where: Path, time: Time) -> Iterator[serving.Server]:
    """A server in a thread of its own, which ends with the links or with the test."""
    with serving.Server(str(where), time, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield server
        time.ahead = 10 * DAY
        thread.join(60)
        assert not thread.is_alive()


def got(server: serving.Server, path: str, method: str = "GET") -> tuple[int, str, dict[str, str]]:
    """What the server answers."""
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    line.request(method, path)
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}


def test_a_browser_opens_it_until_its_half_is_deleted(clone: Clone, talk: str) -> None:
    link = linked(clone, talk)
    path = state(clone) / "links" / f"{link.id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    kept = path.read_bytes()
    assert link.fragment.encode() not in kept
    assert SECRET.encode() not in kept
    time = Time()
    with running(state(clone), time) as server:
        code, page, headers = got(server, f"/s/{link.id}")
        assert code == 200
        assert SECRET not in page
        assert link.fragment not in page
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        address = f"http://127.0.0.1:{server.server_port}/s/{link.id}"
        assert SECRET in browser.seen(f"{address}#{link.fragment}")
        assert browser.seen(address).startswith("The key is missing")
    assert not path.exists()


def test_neither_half_opens_it_alone(clone: Clone, talk: str) -> None:
    sealed = linked(clone, talk).sealed
    link = linked(clone, talk)
    context = json.dumps(
        {"expires": link.expires, "id": link.id, "v": 1}, separators=(",", ":")
    ).encode()

    def whole(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=")

    fragment, half = whole(link.fragment), whole(link.sealed.half)
    nonce, box = base64.b64decode(link.sealed.nonce), base64.b64decode(link.sealed.box)
    key = bytes(one ^ two for one, two in zip(fragment, half, strict=True))
    plain = AESGCM(key).decrypt(nonce, box, context)
    assert SECRET in plain.decode()
    assert len(plain) % 4096 == 0
    assert sealed.half != link.sealed.half
    for wrong in (fragment, half):
        with pytest.raises(InvalidTag):
            AESGCM(wrong).decrypt(nonce, box, context)
    with pytest.raises(InvalidTag):
        AESGCM(key).decrypt(nonce, box, context.replace(link.expires.encode(), b"2999-01-01"))


def test_nothing_else_is_served(clone: Clone, talk: str) -> None:
    link = linked(clone, talk)
    file = clone.nc("session", "share", talk, "--public", "--json").json["shareId"]
    (state(clone) / "links" / "share-20260101-00000000.json").write_text("{damaged")
    with running(state(clone), Time()) as server:
        for path in (
            "/", "/s/", f"/s/{file}", "/s/share-20260101-00000000", "/s/../device", "/device",
            f"/s/{link.id}/", f"/s/{link.id}.json", f"/s//{link.id}", "/s/..%2f..%2fdevice",
            f"/{link.id}", f"/s/{link.id}%00", f"/s/{link.id}?x",
        ):  # fmt: skip
            code, page, _ = got(server, path)
            assert (code, "There is nothing behind this link" in page) == (404, True), path
        assert got(server, f"/s/{link.id}", "POST")[0] == 501
        assert got(server, f"/s/{link.id}", "HEAD")[:2] == (200, "")


def test_who_asks_too_often_or_says_nothing_is_let_go(
    clone: Clone, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = linked(clone, talk)
    monkeypatch.setattr(serving, "AT_ONCE", 2)
    with running(state(clone), Time()) as server:
        with monkeypatch.context() as patched:
            patched.setattr(serving._Handler, "timeout", 0.5)
            silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(4)]
            for one in silent:  # two are waited for, for half a second; the others wait for nobody
                one.settimeout(60)
                assert one.recv(1) == b""
                one.close()
        assert got_at_last(server, f"/s/{link.id}")[0] == 200
        answers = [answered(server) for _ in range(serving.MOST + 1)]
        assert True in answers
        assert answers[-1] is False


def got_at_last(server: serving.Server, path: str) -> tuple[int, str, dict[str, str]]:
    """What the server answers once those before are quite done with: it hangs up till then."""
    for _ in range(serving.MOST // 2):
        with suppress(OSError, http.client.HTTPException):
            return got(server, path)
        time.sleep(0.1)
    return got(server, path)


def answered(server: serving.Server) -> bool:
    """False where it hangs up."""
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    try:
        line.request("GET", "/")
        line.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return True


def test_rates() -> None:
    now = [0]
    rates = serving.Rates(lambda: now[0], most=2)
    assert [rates.allow("a") for _ in range(3)] == [True, True, False]
    assert rates.allow("b")
    now[0] = 60_000
    assert rates.allow("a")
    for number in range(5000):
        rates.allow(str(number))
    assert len(rates._asked) <= 1024


@contextmanager
def command(clone: Clone, *args: str) -> Iterator["subprocess.Popen[str]"]:
    # Who starts the tests in the background of a shell has Ctrl-C ignored, which is inherited.
    with subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", "session", "share", "--public", *args],
        cwd=clone.path, env={**os.environ, **clone.env}, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def fetched(address: str) -> int:
    try:
        with urllib.request.urlopen(address.partition("#")[0], timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def until_served(process: "subprocess.Popen[str]") -> str:
    """What it says on stderr up to the line that it serves."""
    assert process.stderr
    said = ""
    while "serving" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def test_the_command_serves_stops_goes_on_and_takes_back(clone: Clone, talk: str) -> None:
    with command(clone, talk, "--expires", "7d", "--serve", "--port", "0") as process:
        until_served(process)
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(3)]
        link = re.fullmatch(r"link: (http://127\.0\.0\.1:(\d+)/s/(share-\S+)#\S{43})\n", lines[1])
        assert link, lines
        assert "(enforced, if this server is honest and nobody opened it before)" in lines[2]
        assert fetched(link[1]) == 200
        process.send_signal(signal.SIGINT)
        assert "stopped" in process.communicate(timeout=60)[1]
        assert process.returncode == 0
    listed = clone.nc("session", "share", "--public", "--list", "--json").json["items"]
    assert [(one["shareId"], one["expiry"], one["id"]) for one in listed] == [
        (link[3], "enforced", talk)
    ]
    with command(clone, "--serve", "--port", link[2]) as process:
        until_served(process)
        assert fetched(link[1]) == 200
        said = clone.nc("session", "share", "--public", "--revoke", link[1])
        assert said.out == f"{link[3]}  revoked\n"
        assert "may have kept" in said.err
        assert "all links are over" in process.communicate(timeout=60)[1]
        assert process.returncode == 0
    assert not list((state(clone) / "links").iterdir())
    assert "no link to serve" in clone.nc("session", "share", "--public", "--serve", code=1).err


def test_files_are_listed_and_taken_back_as_far_as_that_goes(clone: Clone, talk: str) -> None:
    first = clone.nc("session", "share", talk, "--public", "-o", "a b.html", "--json").json
    second = clone.nc("session", "share", talk, "--public", "-o", "c.html", "--json").json
    listed = clone.nc("session", "share", "--public", "--list").out
    assert f"{first['shareId']}  {talk}  {clone.path / 'a b.html'}  until" in listed
    assert listed.count("(advisory)") == 2
    assert first["key"] not in listed
    said = clone.nc("session", "share", "--public", "--revoke", first["link"])
    assert "forgotten" in said.out
    assert "a file cannot be called back" in said.err
    assert not (clone.path / "a b.html").exists()
    (clone.path / "c.html").write_text("mine now")
    told = clone.nc("session", "share", "--public", "--revoke", second["shareId"], "--json").json
    assert (told["deleted"], told["revoked"]) == (False, False)
    assert (clone.path / "c.html").read_text() == "mine now"
    for wrong in (first["link"], "x", "", "#", "http://[", "../../device"):
        clone.nc("session", "share", "--public", "--revoke", wrong, code=1)


def test_what_is_over_is_forgotten(clone: Clone, talk: str) -> None:
    link = linked(clone, talk)
    where = str(state(clone))
    assert book.get(where, link.id, clock.system_ms())
    assert book.every(where, clock.system_ms() + 8 * DAY) == []
    assert book.get(where, link.id, clock.system_ms()) is None
    assert not list((state(clone) / "links").iterdir())


@pytest.mark.parametrize(
    "args",
    [
        ["--serve", "--port", "99999"], ["--serve", "--bind", "256.1.1.1"], ["--port", "1"],
        ["--serve", "-o", "x"], ["--serve", "--dry-run"], ["--list", "--serve"],
        ["--list", "--revoke", "x"], ["--list", "--yes"], ["--port", "0"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(clone: Clone, args: list[str]) -> None:
    clone.nc("session", "share", "--public", *args, code=2)
    clone.nc("session", "share", *args, code=2)


def test_a_port_that_is_taken_leaves_no_link(clone: Clone, talk: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = clone.nc("session", "share", talk, "--public", "--serve", "--port", port, code=2)
    assert "--port" in said.err
    assert not (state(clone) / "links").exists()
