"""What is given back to an agent has its tool's form, and its importer reads the same out of it."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from git_naturecode import resuming
from git_naturecode.capture import conversations, identify, read
from git_naturecode.domain.said import Mark, Message
from git_naturecode.domain.session import Session
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft

from . import judge

NOW_MS = 1_795_600_000_000
JUDGES = {"claude-code": judge.claude, "codex": judge.codex, "gemini": judge.gemini}


@dataclass(frozen=True)
class Line:
    """What of one message has to come through."""

    role: str
    time: str
    text: str
    tool: str = ""
    target: str = ""
    ok: bool = True


def transcript(folder: Path, tool: str, conversation: resuming.Conversation) -> Path:
    """Give `conversation` back to `tool` in a home below `folder`; the file."""
    environ = {"HOME": str(folder / "home")}
    work_tree = folder / "proj"
    work_tree.mkdir(exist_ok=True)
    where = resuming.Where(str(work_tree), "main", environ, NOW_MS)
    name, content = resuming.data(tool, conversation, where)
    given = resuming.give(tool, name, content, where)
    path = Path(given.path)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one for one in path.parent.iterdir() if ".new" in one.name] == []
    return path


def told(drafts: list[Draft]) -> list[Line]:
    """What an import made of a file."""
    found = []
    for draft in drafts:
        if draft.kind != "message":
            continue
        header = dict[str, Any](draft.fields)
        line = Line(header["role"], header["t"], draft.body or "")
        if line.role == "tool":
            name, target = header.get("tool", ""), header.get("target", "")
            line = replace(line, tool=name, target=target, ok=header.get("ok", False))
        found.append(line)
    return sorted(found, key=lambda line: line.time)


def reread(path: Path) -> list[Draft]:
    """The file as its importer reads it, as if it were no copy of anything."""
    found = identify(str(path))
    assert found is not None
    assert found.continued
    return list(read(replace(found, continued=""), Redactor()))


def expected(session: Session, tool: str) -> list[Line]:
    """What the file has to tell of `session`."""
    found = []
    for one in session.messages:
        header = one.header
        if header.get("side") or header.get("think"):
            continue
        text = "[redacted]" if one.hidden else one.text
        if one.role == "tool":
            ok = header.get("ok", "size" in header)
            if "ok" not in header and "size" not in header and not one.hidden:
                text = "[no result of this call is known]"
            elif not ok and not text.strip():
                text = "[this call failed; no output of it was kept]"
            if tool == "codex" and not ok:
                text = "execution error\n" + text
            elif tool == "gemini" and not text:
                text = "[no output]"
            target = "" if one.hidden else header.get("target", "").strip()
            found.append(
                Line(
                    "tool",
                    one.time,
                    text,
                    re.sub(r"[^\w-]", "_", header.get("tool", "tool"), flags=re.A)[:64],
                    target,
                    ok,
                )
            )
        elif text.strip() and (one.role in ("user", "assistant") or tool != "codex"):
            found.append(Line(one.role, one.time, text))
    return found


def _as_codex(line: Line) -> Line:
    """`line` without what Codex's own form cannot tell: outcomes, how JSON was written, and that
    two things were said at the same millisecond."""
    with suppress(ValueError):
        line = replace(line, text=repr(json.loads(line.text)))
    return replace(line, ok=True, time="")


def without_remarks(lines: list[Line]) -> list[Line]:
    """`lines` without those that we add."""
    starts = ("[This conversation was given back from ", "[the conversation begins here]")
    return [line for line in lines if not line.text.startswith(starts)]


CHARACTERS = st.characters(codec="utf-8", exclude_characters="\r")
TEXTS = st.text(CHARACTERS, max_size=40) | st.sampled_from(
    ["", " ", "\n", "Make it `so`.", "<b>&amp;</b>", "\u2028 x", '{"a": 1}', "```\nx\n```"]
)
PLAIN = st.text("abcdefgh ./-_", min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and not text.startswith(("/", "~"))
)
TOOLS_USED = st.sampled_from(
    [
        ("Bash", "shell"), ("Read", "read"), ("Edit", "write"), ("Grep", "search"),
        ("WebFetch", "read"), ("shell", "shell"), ("exec_command", "shell"),
        ("apply_patch", "write"), ("list_directory", "read"), ("Task", "task"),
        ("mcp__x__y", "generic"), ("container.exec", "shell"), ("über uns" * 20, "generic"),
    ]
)  # fmt: skip


@st.composite
def messages(draw: st.DrawFn, number: int) -> Message:
    role = draw(st.sampled_from(["user", "assistant", "assistant", "tool", "tool", "system"]))
    time = f"2026-11-22T10:{number:02d}:00.{draw(st.integers(0, 999)):03d}Z"
    header: dict[str, Any] = {"role": role}
    text = draw(TEXTS)
    if role == "tool":
        header["tool"], header["type"] = draw(TOOLS_USED)
        if draw(st.booleans()):
            header["target"] = draw(PLAIN)
        if draw(st.integers(0, 5)):
            header |= {"ok": draw(st.booleans()), "size": 3}
        else:
            text = ""
    elif role == "assistant" and draw(st.booleans()):
        header["model"] = "claude-opus-4-5"
    for flag in ("side", "think"):
        if not draw(st.integers(0, 9)):
            header[flag] = True
    hidden = Mark("ada@example.com", time) if not draw(st.integers(0, 9)) else None
    if hidden:
        text = ""
        header = {key: value for key, value in header.items() if key != "target"}
    flags = ("redacted",) if hidden else ()
    return Message(
        f"entry{number:015d}", role, "ada@example.com", time, text, header, "d", flags,
        hidden=hidden,
    )  # fmt: skip


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    count = draw(st.integers(1, 12))
    session = Session("session-20261122-k3v9q2m7")
    session.name, session.owner = "Made up", "ada@example.com"
    session.messages = [draw(messages(number)) for number in range(count)]
    last = Message(
        "entry-last", "user", "ada@example.com", "2026-11-22T11:00:00.000Z", "go on", {}, "d"
    )
    session.messages.append(last)
    return session


@pytest.mark.parametrize("tool", JUDGES)
@settings(max_examples=50)
@given(session=sessions())
def test_what_is_given_back_reads_as_the_same_conversation(
    tool: str, session: Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    conversation = resuming.given(session)
    path = transcript(tmp_path_factory.mktemp("given"), tool, conversation)
    JUDGES[tool](path)
    found = without_remarks(told(reread(path)))
    wanted = expected(session, tool)
    if tool == "codex":  # takes some beginnings of a text for its own, and some ends for a failure
        found, wanted = (list(map(_as_codex, lines)) for lines in (found, wanted))
    assert found == wanted


@pytest.mark.parametrize("tool", JUDGES)
def test_the_same_state_gives_the_same_bytes_and_another_text_another_id(
    tool: str, tmp_path: Path
) -> None:
    said = [
        Message(f"e{n}", "user", "a@x", f"2026-11-22T10:00:0{n}.000Z", f"text {n}", {}, "d")
        for n in range(3)
    ]
    session = Session("session-20261122-k3v9q2m7")
    session.messages = said
    where = resuming.Where(str(tmp_path), "main", {"HOME": str(tmp_path)}, NOW_MS)
    first = resuming.data(tool, resuming.given(session), where)
    assert resuming.data(tool, resuming.given(session), where) == first
    hidden = said[0]._replace(text="", hidden=Mark("a@x", said[0].time))
    session.messages = [hidden, *said[1:]]
    name, content = resuming.data(tool, resuming.given(session), where)
    assert name != first[0]
    assert b"text 0" not in content
    session.messages = said
    elsewhere = replace(where, work_tree=str(tmp_path / "other"))
    assert resuming.data(tool, resuming.given(session), elsewhere)[0] != first[0]


def _imported(paths: list[Path], tmp_path: Path) -> list[Session]:
    from box import Box

    clone = Box(tmp_path).ready()
    clone.nc("session", "import", *map(str, paths))
    with clone.store() as store:
        from git_naturecode import ids
        from git_naturecode.domain.session import build

        return [build(store.read(ids.tail(one), "session")) for one in sorted(clone.ids())]


@pytest.mark.parametrize("source", ["claude-code", "gemini"])
def test_real_sessions_come_through(source: str, data: Path, tmp_path: Path) -> None:
    paths = sorted((data / source).iterdir())
    keys = judge.real_keys(paths) if source == "claude-code" else None
    found = _imported(paths, tmp_path)
    assert len(found) == (20 if source == "claude-code" else 1)
    for session in found:
        for tool in JUDGES:
            path = transcript(tmp_path, tool, resuming.given(session))
            assert judge.claude(path, keys) if tool == "claude-code" else JUDGES[tool](path)
            again = without_remarks(told(reread(path)))
            wanted = expected(session, tool)
            if tool == "codex":
                again, wanted = ([_as_codex(one) for one in x] for x in (again, wanted))
            assert again == wanted, (session.id, tool)


def test_a_file_is_known_by_its_content(data: Path, tmp_path: Path) -> None:
    (session,) = _imported(sorted((data / "gemini").iterdir()), tmp_path)
    for tool in JUDGES:
        path = transcript(tmp_path, tool, resuming.given(session))
        (found,) = conversations(str(path))
        assert (found.tool, found.continued) == (tool, session.id)


@pytest.mark.parametrize("tool", JUDGES)
def test_half_a_character_keeps_no_reader_from_the_rest(tool: str, tmp_path: Path) -> None:
    said = [
        Message("e1", "user", "a@x", "2026-11-22T10:00:01.000Z", "a \ud83d b \U0001f600", {}, "d"),
        Message(
            "e2", "tool", "a@x", "2026-11-22T10:00:02.000Z", "\udc00", {"in": 1, "ok": True}, "d"
        ),
    ]
    session = Session("session-20261122-k3v9q2m7")
    session.messages = said
    path = transcript(tmp_path, tool, resuming.given(session))
    JUDGES[tool](path)
    assert "a \ufffd b \U0001f600" in path.read_text(encoding="utf-8")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.text(max_size=9) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
KEYS = ("tool", "type", "target", "ok", "size", "in", "side", "think", "meta", "model", "red")


@settings(max_examples=60)
@given(
    header=st.dictionaries(st.sampled_from(KEYS), ANY_JSON),
    role=st.sampled_from(["user", "assistant", "tool", "system", "note", "", "x"]),
    time=st.text(max_size=12) | st.sampled_from(["9999-12-31T23:59:59.999Z", "0001-01-01"]),
    text=st.text(max_size=30) | st.sampled_from(['{"a": 1e999}', '{"a": NaN}', "[" * 30]),
)
@example(header={"in": 12, "tool": "Edit"}, role="tool", time="", text='{"a": 1e999}')
@example(header={"in": 10, "tool": "Edit"}, role="tool", time="", text='{"a": NaN}\nout')
def test_whatever_somebody_wrote_into_an_entry_the_file_stays_whole(
    header: dict[str, Any], role: str, time: str, text: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    hostile = Message("e0", role, "eve@x", time, text, header, "d")
    plain = Message("e1", "user", "a@x", "2026-11-22T10:00:02.000Z", "Hello", {}, "d")
    session = Session("session-20261122-k3v9q2m7")
    session.messages = [hostile, plain]
    conversation = resuming.given(session)
    for tool, judged in JUDGES.items():
        path = transcript(tmp_path_factory.mktemp("hostile"), tool, conversation)
        judged(path)
        assert "Hello" in [line.text for line in told(reread(path))]
