"""Every reading command, on data that means harm, at a real terminal: nothing commands it."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from box import Box, Clone
from git_naturecode.clock import DAY_MS, iso, system_ms
from git_naturecode.domain.policy import ops
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.paths import segment_path
from security.hostile import Scene, device_of
from security.terminal import commanding, shown
from trusting.people import add, found, insist, person, say

# Clipboard, screen, title, C1, bidirectional, zero width, tags, markup of rich, backspace, and
# what a shell, git or a template would run.
POISON = (
    "zebra \x1b]52;c;cHduZWQ=\x07\x1b[2J\x1b]0;x\x07\x9b31m\x90q\x9c\u202e\u2066evil\u2069\u200b"
    "\U000e0041\ufeff\u2028\x08\x7f\x0b [link=https://evil.example]x[/link] $(touch pwned) "
    "`touch pwned` {{7*7}} --output=pwned"
)
EVIL = "session-20261122-zzzzzzz9"
REVIEW = "review-20261122-zzzzzzz8"
ARTICLE = "kb-20261122-zzzzzzz7"
_AT = iso(system_ms() - DAY_MS)
# Commands that need something else than what is on the disk, or that write, and where their
# answers are tested.
NOT_READING = {
    "init", "sync", "demo", "folder", "redact", "hook pre-receive", "session start", "session say",
    "session join", "session leave", "session invite", "session permit", "session comment",
    "session edit", "session redact", "session close", "session reopen", "session delete",
    "session fork", "session use", "session attach", "session detach", "session file",
    "session share", "session import", "session resume", "session encrypt", "session remove",
    "session publish", "team create", "team delete", "team add", "team remove", "team role",
    "team set", "team join", "team manage", "hooks install", "hooks uninstall", "hooks status",
    "device add", "device revoke", "device rename", "key show", "key protect", "key backup",
    "key restore", "key rotate", "trust pin", "quarantine adopt", "quarantine drop",
    "review start", "review join", "review comment", "review reply", "review resolve",
    "review reopen", "review react", "review edit", "review redact", "review submit",
    "review approve", "review request-changes", "review set", "review update", "review close",
    "review merge", "review apply", "review import", "review export", "review dismiss",
    # What these show of others goes to a job, or is tried at a terminal beside their other tests.
    "kb add", "kb restore", "kb rename", "kb tag", "kb vote", "kb rm", "kb unlink",
    "ai resolve", "ai summarize", "ci init", "ci post", "ci review", "session chat",
}  # fmt: skip


def _entry(number: int, kind: str, body: str | None = None, **fields: Json) -> Entry:
    header: dict[str, Json] = {
        "id": f"{number:013}-{'d' * 16}", "at": f"{_AT}/{number:04}", "kind": kind,
        "by": f"eve{POISON}@example.com", "salt": str(number), **fields,
    }  # fmt: skip
    return format.make(header, body)


def _poisoned(device: str) -> str:
    """A segment in which everything that can be said is poison."""
    one = f"{2:013}-{'d' * 16}"
    entries = [
        _entry(1, "open", visibility="team", title=POISON, name=POISON,
               origin={"tool": POISON, "session": POISON}),
        _entry(2, "message", POISON, role="user", name=POISON),
        _entry(3, "message", POISON, role="assistant", model=POISON),
        _entry(4, "message", POISON, role="tool", tool=POISON, target=POISON, ok=False),
        _entry(5, "message", POISON, role=POISON),
        _entry(6, "comment", POISON, on=one),
        _entry(7, "react", target=one, value=POISON),
        _entry(8, "file", path=POISON, lines=POISON, blob=POISON),
        _entry(9, "add", field="tags", value=POISON),
        _entry(10, "set", field="summary", value=POISON, over=[]),
        _entry(11, "set", field="status", value=POISON, over=[]),
        _entry(12, "set", field="core.pager", value="touch pwned", over=[]),
        _entry(13, "join", name=POISON),
        _entry(14, "invite", who=POISON, can=["read", POISON]),
        _entry(15, "redact", target=f"{3:013}-{'d' * 16}", reason=POISON),
        _entry(16, "edit", POISON, target=one, over=[]),
        _entry(17, "link", to=POISON),
        _entry(18, POISON.split()[0], POISON),
    ]  # fmt: skip
    return format.preamble(EVIL, device, 1) + "".join(map(format.block, entries))


def _poisoned_review(device: str, head: str, base: str) -> str:
    """A segment with a review in which everything that can be said is poison."""
    first = f"{3:013}-{'d' * 16}"
    lines: list[Json] = [POISON]
    anchor: dict[str, Json] = {
        "path": POISON, "side": "new", "line": 1, "end": 1, "commit": head, "text": lines,
        "before": lines, "after": lines, "symbol": POISON,
    }  # fmt: skip
    entries = [
        _entry(1, "open", POISON, title=POISON, name=POISON, base={"name": POISON},
               target={"type": "branch", "name": POISON}, origin={"review": POISON}),
        _entry(2, "revision", POISON, head=head, base=base, tip=POISON, count=1, parents=[POISON]),
        _entry(3, "comment", POISON + "\n```suggestion\n" + POISON + "\n```", anchor=anchor),
        _entry(4, "comment", POISON, on=first),
        _entry(5, "comment", POISON, anchor={"path": POISON}),
        _entry(6, "verdict", POISON, value="reject", head=head, base=base, files=lines),
        _entry(7, "add", field="reviewers", value=POISON),
        _entry(8, "set", field="title", value=POISON, over=[]),
        _entry(9, "set", field="base", value=POISON, over=[]),
        _entry(10, "join", name=POISON),
        _entry(11, "react", target=first, value=POISON),
        _entry(12, "resolve", POISON, target=first, seen=lines),
        _entry(13, "link", to=POISON),
        _entry(14, "finding", POISON, rule=POISON, severity=POISON, fingerprint=POISON),
        _entry(15, "source", POISON, note=POISON, on=POISON, sha=POISON),
        *(
            _entry(16 + number, "finding", POISON + "\n```suggestion\n" + POISON + "\n```",
                   rule=POISON, severity=POISON, aspect=POISON, source=POISON, cwe=POISON,
                   fingerprint=name * 32, anchor=anchor, revision=POISON)
            for number, name in enumerate("ab")
        ),
        _entry(18, "dismiss", POISON, target="b" * 32, reason=POISON),
        *(
            _entry(19 + number, "analysis", POISON, run=f"{number}", source=POISON + str(number),
                   state=state, aspects=lines, sources=lines, skipped={POISON: POISON},
                   covered=lines, assessment=POISON, head=POISON)
            for number, state in enumerate(("done", POISON))
        ),
    ]  # fmt: skip
    return format.preamble(REVIEW, device, 1) + "".join(map(format.block, entries))


def _poisoned_article(device: str) -> str:
    """A segment with an article in which everything that can be said is poison."""
    first, second = (f"{number:013}-{'d' * 16}" for number in (2, 3))
    entries = [
        _entry(1, "open", title=POISON, type=POISON, slug=POISON, origin={"code": POISON}),
        _entry(2, "revision", POISON, parents=[POISON], note=POISON,
               **{"from": {"commit": POISON, "path": POISON}}),
        _entry(3, "revision", f"one {POISON}\n", parents=[first], note=POISON),
        _entry(4, "revision", f"two {POISON}\n", parents=[first]),
        _entry(5, "delete", parents=[second], reason=POISON),
        _entry(6, "set", field="title", value=POISON, over=[]),
        _entry(7, "add", field="tags", value=POISON),
        _entry(8, "rename", slug=POISON),
        _entry(9, "vote", value="helpful"),
        _entry(10, "view", day=POISON, count=2),
        _entry(11, "link", to=POISON, path=POISON, lines=POISON, blob=POISON),
        _entry(12, "file", name=POISON, sha=POISON, size=1, media=POISON),
        _entry(13, "redact", target=first, reason=POISON, parents=[POISON]),
    ]  # fmt: skip
    return format.preamble(ARTICLE, device, 1) + "".join(map(format.block, entries))


@pytest.fixture
def poisoned(stage: Scene) -> Clone:
    """Ada's clone, with a poisoned session on its branch, and commits and files of such names."""
    ada = stage.ada
    name = "a\x1b[2J\u202eb.txt"
    (ada.path / name).write_text(POISON + "\n")
    ada.git("add", "--", name)
    who = f"user.name=Eve{POISON}".replace("\n", " ")
    ada.git("-c", who, "commit", "-q", "-m", POISON, "-m", f"Naturecode-Session: {EVIL}")
    device = device_of(ada)
    here = Scene(stage.box, ada.path / ".git", ada, stage.ben, stage.session)
    head, base = ada.git("rev-parse", "HEAD", "HEAD~1").split()
    for entity, text in (
        (EVIL, _poisoned(device)), (REVIEW, _poisoned_review(device, head, base)),
        (ARTICLE, _poisoned_article(device)),
    ):  # fmt: skip
        blob = here.blob(text.encode())
        tip = here.commit(here.with_file(segment_path(entity, device, 1), blob), here.tip())
        here.git("update-ref", "refs/heads/naturecode", tip)
    return ada


READING = (
    ["status"], ["doctor"], ["verify"], ["why", "a\x1b[2J\u202eb.txt:1"],
    ["blame", "a\x1b[2J\u202eb.txt"], ["why", POISON + ":1"], ["blame", POISON],
    ["session", "list"], ["session", "list", "--deleted"], ["session", "list", "--tag", POISON],
    ["session", "show", EVIL], ["session", "show", POISON], ["session", "search", "zebra"],
    ["session", "search", POISON], ["session", "shared", "list"],
    ["session", "export", EVIL, "--format", "markdown", "-o", "-"],
    ["session", "export", EVIL, "--format", "html", "-o", "-"],
    ["trust", "show"], ["trust", "show", "--log"], ["quarantine", "list"],
    ["device", "list"], ["team", "list"], ["team", "show"], ["audit", "export"],
    ["session", "share", EVIL, "--dry-run"], ["session", "share", EVIL, "--public", "--dry-run"],
    ["session", "share", "--public", "--list"], ["session", POISON], [POISON],
    ["session", "resume", EVIL, "--tool", POISON], ["session", "say", POISON, "x"],
    ["session", "permit", EVIL, POISON, "--can", POISON], ["quarantine", "show", POISON],
    ["folder"], ["session", "close", EVIL], ["redact", "--check"],
    ["session", "show", EVIL, "--json"], ["session", "list", "--json"], ["verify", "--json"],
    ["session", "search", "zebra", "--json"], ["session", "share", EVIL, "--dry-run", "--json"],
    ["why", "a\x1b[2J\u202eb.txt:1", "--json"], ["status", "--json"], ["doctor", "--json"],
    ["blame", "a\x1b[2J\u202eb.txt", "--format", "agent-trace"],
    ["session", "export", EVIL, "--format", "json", "-o", "-"], ["team", "show", "--json"],
    ["audit", "export", "--format", "csv"],
    ["review", "list"], ["review", "list", "--all"], ["review", "show", REVIEW],
    ["review", "show", POISON], ["review", "diff", REVIEW], ["review", "diff", REVIEW, POISON],
    ["review", "diff", REVIEW, "--stat"], ["review", "explain", REVIEW],
    ["review", "show", REVIEW, "--json"], ["review", "diff", REVIEW, "--json"],
    ["review", "explain", REVIEW, "--json"], ["review", "list", "--json"],
    ["review", "start", "--target", POISON], ["review", "comment", REVIEW, "--file", POISON],
    ["review", "reply", REVIEW, POISON, "x"], ["review", "join", POISON],
    ["review", "show", REVIEW, "--resolved"], ["review", POISON],
    ["review", "diff", REVIEW, "--resolved"], ["review", "ai", REVIEW, "--no-save"],
    ["review", "ai", REVIEW, "--no-save", "--json"], ["review", "ai", POISON],
    ["review", "ai", REVIEW, "--aspect", POISON], ["review", "dismiss", REVIEW, POISON],
    ["review", "ai", REVIEW, "--provider", POISON], ["review", "ai", REVIEW, "--dry-run"],
    ["kb", "list"], ["kb", "list", "--json"], ["kb", "list", "--tag", POISON],
    ["kb", "show", ARTICLE], ["kb", "show", ARTICLE, "--json"], ["kb", "show", POISON],
    ["kb", "show", ARTICLE, "--revision", POISON], ["kb", "show", ARTICLE, "--revision", "r2"],
    ["kb", "history", ARTICLE], ["kb", "history", ARTICLE, "--json"], ["kb", "diff", ARTICLE],
    ["kb", "diff", ARTICLE, "r2", "r3"], ["kb", "diff", ARTICLE, "r2", "r3", "--json"],
    ["kb", "diff", ARTICLE, POISON], ["kb", "edit", ARTICLE, "--file", POISON],
    ["kb", "edit", ARTICLE, "--type", POISON], ["kb", "redact", ARTICLE, POISON],
    ["kb", "links", ARTICLE], ["kb", "links", ARTICLE, "--json"], ["kb", "links", POISON],
    ["kb", "check"], ["kb", "check", ARTICLE], ["kb", "check", "--json"], ["kb", "check", POISON],
    ["kb", "import", POISON], ["kb", "import", ".", "--dry-run"], ["kb", "import", "."],
    ["kb", "attach", ARTICLE, POISON], ["kb", "attach", ARTICLE, "--remove", POISON],
    ["kb", "show", ARTICLE, "--attachment", POISON], ["kb", "show", ARTICLE, "--attachment", "x"],
    ["kb", "link", ARTICLE, POISON], ["kb", "link", ARTICLE, f"{POISON}:3"],
    ["kb", "search", "zebra"], ["kb", "search", "zebra", "--json"], ["kb", "search", POISON],
    ["kb", "search", "zebra", "--sort", "date"], ["kb", "search", "zebra", "--in", POISON],
    ["kb", "extract", "--session", EVIL], ["kb", "extract", "--session", EVIL, "--json"],
    ["kb", "extract", "--session", POISON], ["kb", "extract", "--session", EVIL, "--pick", POISON],
    ["kb", "extract", "--session", EVIL, "--type", POISON], ["session", "show", f"{EVIL}#1"],
    ["session", "show", f"{EVIL}#{POISON}"], ["session", "show", f"{EVIL}#1", "--json"],
    ["kb", "suggest", "--task", "zebra"], ["kb", "suggest", "--task", "zebra", "--json"],
    ["kb", "suggest", "--task", POISON], ["kb", "suggest", "--file", POISON],
)  # fmt: skip


def test_a_poisoned_session(poisoned: Clone) -> None:
    told = shown(poisoned, READING)
    for args, (code, text) in zip(READING, told, strict=True):
        assert commanding(text) == [], (args, text[:3000])
        assert code in (0, 1, 2, 3, 5), (args, code, text)
    by = {tuple(args): text for args, (_, text) in zip(READING, told, strict=True)}
    views: list[tuple[str, ...]] = [
        ("session", "list"), ("session", "show", EVIL), ("session", "search", "zebra"),
        ("review", "list"), ("review", "show", REVIEW), ("kb", "show", ARTICLE),
    ]  # fmt: skip
    for view in views:
        assert "\\x1b]52" in by[view], (view, by[view])
        assert "\\u{202e}" in by[view] or view[1] == "list"
    assert not list(poisoned.path.parent.rglob("pwned"))


def test_a_poisoned_team_and_its_quarantine(box: Box) -> None:
    hub = box.remote()
    ada, ben, eve = (person(box, hub, name) for name in ("ada", "ben", "eve"))
    session = ada.start()
    found(ada)
    add(ada, ben)
    record = ops.record(
        "member-20261126-00000009", POISON, f"x{POISON}@example.com", "viewer", [], []
    )
    say(ada, ops.member(record))
    say(ada, ops.team("team-20261126-00000009", POISON))
    ada.nc("sync")
    insist_on(eve, session)
    told = ada.nc("sync", code=3)
    assert commanding(told.out + told.err) == []
    kept = ada.nc("quarantine", "list", "--json").json["items"]
    assert kept
    commands = [
        ["team", "list"], ["team", "show"], ["quarantine", "list"], ["trust", "show"],
        ["trust", "show", "--log"], ["device", "list"], ["audit", "export"], ["verify"],
        ["quarantine", "show", kept[0]["id"]], ["status"], ["doctor"], ["team", "add", POISON],
        ["team", "show", "--json"], ["quarantine", "list", "--json"],
        ["audit", "export", "--format", "csv"],
        ["team", "role", POISON, "admin"], ["team", "join", POISON], ["trust", "pin", POISON],
    ]  # fmt: skip
    for args, (_, text) in zip(commands, shown(ada, commands), strict=True):
        assert commanding(text) == [], (args, text[:3000])
    assert not list(box.path.rglob("pwned"))


def insist_on(eve: Clone, session: str) -> None:
    """Have a stranger say poison in a session, under a poisoned name, and push it."""
    eve.git("config", "user.name", f"Eve \x1b[2J{POISON[:40]}")
    insist(eve, session, POISON)
    eve.nc("sync", code=3)
    eve.git("push", "-q", "origin", "naturecode", check=False)


def test_each_command_is_tried_or_named() -> None:
    from git_naturecode.cli.app import build

    every = set(_names(typer.main.get_command(build([])), ""))
    tried = {" ".join(args[:n]) for args in READING for n in (1, 2, 3)}
    tried |= {"quarantine show"}
    missing = every - tried - NOT_READING
    assert not missing, (
        f"neither tried at a terminal nor named as one that shows nothing: {missing}"
    )


def _names(command: Any, prefix: str) -> Iterator[str]:
    for name, one in command.commands.items():
        if hasattr(one, "commands"):
            yield from _names(one, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"
