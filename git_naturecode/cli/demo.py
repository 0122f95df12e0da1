"""demo: two people, two clones and a remote in a temporary folder, every step told."""

import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.errors import NaturecodeError
from git_naturecode.git.run import GitFailed, Program

# A made-up conversation; the key in it is made up too, and must not survive the import.
_TALK = (
    ("user", "Our payment client retries all at once after an outage. Can you add jitter?"),
    ("assistant", "Yes. `retry()` in `client.py` sleeps a fixed 2 s; I will draw the pause from "
     "[0, 2**n) seconds (full jitter), capped at 30 s, and test it with a seeded clock."),
    ("user", "Good. Staging needs PAYMENT_API_KEY=" + "q8Zr2LkV0wXc" + "7NfTg4HsYb1M"
     " to run the test."),
    ("assistant", "Done: `retry()` takes `jitter=` and the test passes. Decision: full jitter, "
     "because equal jitter still bunches half of the clients."),
)  # fmt: skip
_CARELESS = """\
import os


def show(name):
    os.system("cat ledgers/" + name)
"""
_CAREFUL = """\
from pathlib import Path

FOLDER = Path("ledgers").resolve()


def show(name):
    path = (FOLDER / name).resolve()
    if not path.is_relative_to(FOLDER):
        raise ValueError(name)
    print(path.read_text())
"""
_SESSION = "7d3c1e52-4b1f-4a53-9d9e-0c5a1f6f2b11"


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command into `tree`."""
    tree.command(name)(demo)


def demo(
    keep: bool = typer.Option(False, "--keep", help="Leave the folder to look around in."),
) -> None:
    """Show what this does: a guided run in a temporary folder. It needs no network and no
    account."""
    context = contexts.current()
    folder = tempfile.mkdtemp(prefix="naturecode-demo-")
    began = time.monotonic()
    try:
        stage = Stage(context, folder)
        for scene in _SCENES:
            scene(stage)
        took = time.monotonic() - began
        context.say(f"\nThat was all, in {took:.1f} s. Nothing left this machine.")
        context.say("In a repository of yours: git naturecode init")
    finally:
        if keep:
            context.say(f"The folder stays: {folder}")
        else:
            shutil.rmtree(folder)


@dataclass
class Stage:
    """The temporary folder, and telling and running what happens in it."""

    context: contexts.Context
    folder: str

    def tell(self, text: str) -> None:
        """What the next commands are for."""
        self.context.say(f"\n== {text}")

    def path(self, name: str) -> str:
        """A folder of the stage."""
        return os.path.join(self.folder, name)

    def run(self, who: str, *args: str, may_fail: bool = False, shown: bool = True) -> str:
        """Run `git ARGS` in the clone of `who`, shown with its answer."""
        if shown:
            words = " ".join(f'"{arg}"' if " " in arg else arg for arg in args)
            self.context.say(f"{who}$ git {words}")
        program = Program(self.path(who), None, self._environment(who), as_the_user=True)
        status, out, err = program.run(*args, check=False)
        text = out.decode("utf-8", "replace")
        if status and not may_fail:
            raise NaturecodeError(f"the demo stopped: {GitFailed(args, status, err).message}")
        for line in (text + err).splitlines() if shown else ():
            self.context.say(f"    {line}")
        return text

    def _environment(self, who: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "NATURECODE_"))}
        name = who.split("-")[0].capitalize()
        bin_folder = os.path.dirname(os.path.abspath(sys.argv[0]))
        return {
            **kept, "HOME": self.path("home-" + who), "GIT_CONFIG_NOSYSTEM": "1",
            "XDG_CONFIG_HOME": self.path("home-" + who), "NO_COLOR": "1",
            "NATURECODE_BACKGROUND": "0",  # nobody shall write here when the folder is removed
            "PATH": bin_folder + os.pathsep + kept.get("PATH", ""),
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": f"{who}@example.com",
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": f"{who}@example.com",
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "init.defaultBranch",
            "GIT_CONFIG_VALUE_0": "main", "GIT_CONFIG_KEY_1": "user.name",
            "GIT_CONFIG_VALUE_1": name,
        }  # fmt: skip


def _set_up(stage: Stage) -> None:
    stage.tell("A remote, and Ada who has cloned it and written some code")
    for name in ("ada", "ben", "hub.git"):
        os.mkdir(stage.path(name))
    stage.run("hub.git", "init", "-q", "--bare", ".", shown=False)
    stage.run("ada", "clone", "-q", stage.path("hub.git"), ".", shown=False)
    with open(os.path.join(stage.path("ada"), "client.py"), "w", encoding="utf-8") as file:
        file.write("def retry(call):\n    ...\n")
    stage.run("ada", "add", "client.py", shown=False)
    stage.run("ada", "commit", "-q", "-m", "Payment client")
    stage.run("ada", "push", "-q", "origin", "main")


def _bring(stage: Stage) -> None:
    stage.tell("Ada brings in the AI session that lies on her disk")
    _transcript(stage)
    stage.run("ada", "naturecode", "init")
    stage.run("ada", "naturecode", "session", "import", "--auto")
    stage.run("ada", "naturecode", "session", "list")
    stage.run("ada", "status", "--short", "--branch")


def _share(stage: Stage) -> None:
    stage.tell("It is private until she shares it; she sees what leaves")
    stage.run("ada", "naturecode", "session", "share", "--all")
    stage.run("ada", "naturecode", "sync")


def _answer(stage: Stage) -> None:
    stage.tell("Ben clones, searches, reads")
    stage.run("ben", "clone", "-q", stage.path("hub.git"), ".", shown=False)
    stage.run("ben", "naturecode", "init")
    stage.run("ben", "naturecode", "session", "search", "jitter")
    stage.run("ben", "naturecode", "session", "show", _session(stage, "ben"))


def _commit(stage: Stage) -> None:
    stage.tell("Ben writes the code in that session; his commit names it")
    stage.run("ben", "naturecode", "session", "use", _session(stage, "ben"))
    with open(os.path.join(stage.path("ben"), "client.py"), "a", encoding="utf-8") as file:
        file.write("    wait(random() * delay)\n")
    stage.run("ben", "commit", "-q", "-a", "-m", "Retry with full jitter")
    stage.run("ben", "push", "-q", "origin", "main")
    stage.run("ben", "naturecode", "why", "client.py:3")


def _offline(stage: Stage) -> None:
    stage.tell("On a train, without the remote: both go on talking")
    os.rename(stage.path("hub.git"), stage.path("hub-away"))
    for who, text in (
        ("ben", "Full jitter is right; please cap the number of tries as well."),
        ("ada", "I will also log each retry."),
    ):
        session = _session(stage, who)
        if who == "ben":
            stage.run(who, "naturecode", "session", "join", session)
        stage.run(who, "naturecode", "session", "say", session, text)
    stage.run("ben", "naturecode", "sync", may_fail=True)
    os.rename(stage.path("hub-away"), stage.path("hub.git"))


def _together(stage: Stage) -> None:
    stage.tell("The remote is back: both sync, and each has what the other said")
    for who in ("ben", "ada", "ben"):
        stage.run(who, "naturecode", "sync")
    shown = [_said(stage, who) for who in ("ada", "ben")]
    if shown[0] != shown[1] or len(shown[0]) != len(_TALK) + 2:
        raise NaturecodeError("the demo failed: the two clones do not show the same session")
    for text in shown[0][-2:]:
        stage.context.say(f"    {text}")
    stage.context.say(f"Both clones show the same {len(shown[0])} messages, each once.")
    stage.run("ada", "pull", "-q", shown=False)
    stage.run("ada", "naturecode", "why", "client.py:3")
    _no_secret(stage)


def _propose(stage: Stage) -> None:
    stage.tell("Ben proposes a change, and has the built-in rules look at it: no key, no network")
    stage.run("ben", "checkout", "-q", "-b", "ledger", shown=False)
    _write(stage, "ledger.py", _CARELESS)
    stage.run("ben", "add", "ledger.py", shown=False)
    stage.run("ben", "commit", "-q", "-m", "Show a ledger")
    stage.run("ben", "push", "-q", "origin", "ledger")
    stage.run(
        "ben", "naturecode", "review", "start", "--target", "ledger", "--title", "Show a ledger"
    )
    stage.run("ben", "naturecode", "review", "ai", _review(stage, "ben"), "--aspect", "security")


def _mend(stage: Stage) -> None:
    stage.tell("He mends it; after the push the finding is known to be fixed")
    _write(stage, "ledger.py", _CAREFUL)
    stage.run("ben", "commit", "-q", "-a", "-m", "Start no shell")
    stage.run("ben", "push", "-q", "origin", "ledger")
    stage.run("ben", "naturecode", "review", "ai", _review(stage, "ben"), "--aspect", "security")
    stage.run("ben", "naturecode", "sync")


def _judge(stage: Stage) -> None:
    stage.tell("Ada reads the change in her clone, with what was said about it, and approves")
    stage.run("ada", "fetch", "-q", shown=False)
    stage.run("ada", "naturecode", "sync")
    review = _review(stage, "ada")
    stage.run("ada", "naturecode", "review", "diff", review)
    stage.run("ada", "naturecode", "review", "approve", review, "--comment", "Good.")
    stage.run("ada", "naturecode", "sync")


def _merge(stage: Stage) -> None:
    stage.tell("What is still missing? Nothing: Ben merges")
    stage.run("ben", "naturecode", "sync")
    review = _review(stage, "ben")
    stage.run("ben", "naturecode", "review", "explain", review)
    stage.run("ben", "naturecode", "review", "merge", review, "--strategy", "squash")
    stage.run("ben", "push", "-q", "origin", "main")
    stage.run("ben", "naturecode", "sync")
    if stage.run("ben", "show", "main:ledger.py", shown=False) != _CAREFUL:
        raise NaturecodeError("the demo failed: main is not what was approved")


_SCENES = (
    _set_up, _bring, _share, _answer, _commit, _offline, _together, _propose, _mend, _judge, _merge,
)  # fmt: skip


def _write(stage: Stage, name: str, text: str) -> None:
    with open(os.path.join(stage.path("ben"), name), "w", encoding="utf-8") as file:
        file.write(text)


def _review(stage: Stage, who: str) -> str:
    listed = stage.run(who, "naturecode", "review", "list", "--json", shown=False)
    return str(json.loads(listed)["items"][0]["id"][16:])


def _session(stage: Stage, who: str) -> str:
    listed = stage.run(who, "naturecode", "session", "list", "--json", shown=False)
    return str(json.loads(listed)["items"][0]["id"][17:])


def _said(stage: Stage, who: str) -> list[str]:
    session = _session(stage, who)
    shown = stage.run(who, "naturecode", "session", "show", session, "--json", shown=False)
    return [message["content"] for message in json.loads(shown)["messages"]]


def _no_secret(stage: Stage) -> None:
    secret = _TALK[2][1].split("=")[1].split()[0]
    log = stage.run("ada", "grep", "-c", secret, "naturecode", may_fail=True, shown=False)
    if log or any(secret in text for text in _said(stage, "ada")):
        raise NaturecodeError("the demo failed: a secret reached the data branch")
    stage.context.say("The key that Ada had typed is nowhere in the repository.")


def _transcript(stage: Stage) -> None:
    """Ada's assistant has left a transcript where Claude Code keeps them."""
    project = os.path.realpath(stage.path("ada"))
    slug = "".join(c if (c.isalnum() and c.isascii()) or c == "-" else "-" for c in project)
    folder = os.path.join(stage.path("home-ada"), ".claude", "projects", slug)
    os.makedirs(folder)
    with open(os.path.join(folder, f"{_SESSION}.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(_line(project, n, *said) + "\n" for n, said in enumerate(_TALK))


def _line(project: str, number: int, role: str, text: str) -> str:
    """One line of a transcript as Claude Code writes it."""
    message: dict[str, Any] = {"role": role, "content": text}
    if role == "assistant":
        message.update(model="assistant-1", content=[{"type": "text", "text": text}])
    return json.dumps(
        {
            "type": role, "uuid": f"{_SESSION[:-4]}{number:04}", "sessionId": _SESSION,
            "cwd": project, "timestamp": f"2026-11-20T09:0{number}:00.000Z", "message": message,
        }
    )  # fmt: skip
