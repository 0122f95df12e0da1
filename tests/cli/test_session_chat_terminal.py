"""session chat at a terminal and in a pipe: what is typed, and what Ctrl-C keeps."""

import os
import pty
import signal
import subprocess
import sys

from ai.providers import server as acts
from ai.providers.server import ModelServer
from box import Clone
from cli.asking import said, session


def test_the_question_comes_from_stdin(chat: Clone, server: ModelServer) -> None:
    done = chat.process("session", "chat", session(chat), "-", input="Why?\r\n")
    assert (done.returncode, done.stdout) == (0, "Hello.\n"), done.stderr
    assert said(chat)[0][1] == "Why?\r\n"


def test_ctrl_c_keeps_what_came(chat: Clone, server: ModelServer) -> None:
    server.plays(_begins)
    process = subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", "session", "chat", session(chat), "Why?"],
        cwd=chat.path, env={**os.environ, **chat.env}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.read(5) == "as fa"
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=250)
    assert process.returncode == 130, err
    assert "what came is kept" in err
    assert said(chat) == [("user", "Why?", None), ("assistant", "as far as this", "interrupted")]


def _begins(talk: acts.Talk) -> None:
    talk.begin()
    talk.text("as far as this")
    talk.closing.wait()


def test_a_conversation_at_a_terminal(chat: Clone, server: ModelServer) -> None:
    server.plays(acts.says("One."), _begins, acts.says("Three."))
    (chat.path / "a.py").write_text("pass\n")
    with Terminal(chat, "session", "chat", session(chat)) as terminal:
        terminal.hears("you> ")
        terminal.types("first?\r")
        terminal.hears("One.\r\nyou> ")
        terminal.types("second?\r")
        terminal.hears("as far as this")
        terminal.types("\x03")
        terminal.hears("(cut off)\r\n")
        terminal.types("/file a.py nothing\r")
        terminal.hears("there is no file nothing")
        terminal.types("/file a.py\r/attach\r")
        terminal.hears("linked: ")
        terminal.types("/what\r")
        terminal.hears("is not understood")
        terminal.types("third?\r")
        terminal.hears("Three.\r\nyou> ")
        terminal.types("/cost\r")
        terminal.hears("tokens in")
        terminal.hears("you> ")  # before, Ctrl-D would be the terminal's own and end nothing
        terminal.types("\x04")
        assert terminal.ended() == 0
    assert [(text, cut) for _, text, cut in said(chat)] == [
        ("first?", None), ("One.", None), ("second?", None), ("as far as this", "interrupted"),
        ("third?", None), ("Three.", None),
    ]  # fmt: skip


class Terminal:
    """The program at a terminal of its own."""

    def __init__(self, clone: Clone, *args: str) -> None:
        self._master, slave = pty.openpty()
        environ = {**os.environ, **clone.env, "TERM": "dumb", "INPUTRC": "/dev/null"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AT_TERMINAL, *args], cwd=clone.path, env=environ,
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._heard = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def types(self, text: str) -> None:
        """What the person types."""
        os.write(self._master, text.encode())

    def hears(self, words: str) -> None:
        """Wait until these words stand there; a hang is ended by the whole run's limit."""
        while words not in self._heard:
            try:
                chunk = os.read(self._master, 65_536)
            except OSError:
                chunk = b""
            assert chunk, f"{words!r} never came: {self._heard!r}"
            self._heard += chunk.decode()
        self._heard = self._heard.partition(words)[2]

    def ended(self) -> int:
        """Its exit code."""
        try:
            while os.read(self._master, 65_536):
                pass
        except OSError:
            pass
        return self._process.wait(250)


# Its terminal is the one that controls it, so that Ctrl-C reaches it.
_AT_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv[0] = "git-naturecode"
from git_naturecode.__main__ import main
main()
"""
