"""Histories of aider: which sessions stand in them, and who said which line."""

import shutil
from pathlib import Path

from git_naturecode.capture import Found, conversations, read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from logs import began, notice, user

START = "2026-11-22 10:00:00"
TALK = (
    user("Make the jitter\n\nconfigurable")
    + "\nHere it is:\n\n```python\nx = 1\n```\n\nDone.\n\n"
    + notice("Tokens: 5,244 sent, 604 received.\nApplied edit to src/a.py\nCommit fd43cd4 feat: x")
    + "\n"
    + user("/diff")
    + "\n"
    + user("thanks")
    + notice("\n\n^C KeyboardInterrupt")
)


def history(folder: Path, text: str, name: str = ".aider.chat.history.md") -> str:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return str(path)


def found(path: str) -> list[Found]:
    return list(conversations(path))


def drafts(one: Found) -> list[Draft]:
    return list(read(one, Redactor()))


def test_a_session_comes_out_in_its_order(tmp_path: Path) -> None:
    (one,) = found(history(tmp_path, began(START) + TALK))
    opened, *said = drafts(one)
    assert opened.fields["title"] == "Make the jitter"
    origin = opened.fields["origin"]
    assert origin["tool"] == "aider"
    assert origin["fidelity"] == "lossy"
    assert origin["version"] == "0.60.0"
    assert [(d.fields["role"], d.fields.get("target"), d.body) for d in said[1:]] == [
        ("user", None, "Make the jitter\n\nconfigurable"),
        ("assistant", None, "Here it is:\n\n```python\nx = 1\n```\n\nDone."),
        ("tool", "src/a.py", ""),
        ("tool", "Tokens: 5,244 sent, 604 received.",
         "Tokens: 5,244 sent, 604 received.\nApplied edit to src/a.py\nCommit fd43cd4 feat: x"),
        ("user", None, "/diff"),
        ("user", None, "thanks"),
        ("tool", "^C KeyboardInterrupt", "^C KeyboardInterrupt"),
    ]  # fmt: skip
    assert said[0].fields["target"] == "aider src/a.py"
    assert said[2].fields["model"] == "gpt-x"
    assert (said[3].fields["type"], said[3].fields["ok"]) == ("write", True)
    assert [d.fields.get("meta") for d in said if d.fields["role"] == "user"] == [None, True, None]
    times = [d.fields["t"] for d in said]
    assert times[:2] == ["2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.001Z"]
    assert times == sorted(set(times))


def test_the_end_of_an_edit_block_is_no_word_of_aiders_own(tmp_path: Path) -> None:
    edit = "src/a.py\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```"
    talk = user("Make it two") + f"\n{edit}\n\nDone.\n\n" + notice("Applied edit to src/a.py")
    (one,) = found(history(tmp_path, began(START) + talk))
    said = [(d.fields["role"], d.body) for d in drafts(one)[2:4]]
    assert said == [("user", "Make it two"), ("assistant", f"{edit}\n\nDone.")]


def test_each_session_with_a_word_of_the_user_is_one(tmp_path: Path) -> None:
    quiet = began("2026-11-22 10:30:00")
    text = began(START) + TALK + quiet + began("2026-11-22 11:00:00") + user("hi")
    path = history(tmp_path, "torn away\n#### gone  \n" + text)
    one, two = found(path)
    assert (one.first_ms, one.last_ms) == (1795341600000, 1795343400000)
    assert (two.first_ms, two.last_ms) == (1795345200000, -1)
    assert one.project == str(tmp_path)
    assert [d.body for d in drafts(two)][2:] == ["hi"]
    assert "hi" not in [d.body for d in drafts(one)]
    raw = Path(path).read_bytes()
    assert raw[one.at : one.at + one.length].startswith(b"# aider chat started at 2026-11-22 10:00")
    assert raw[two.at : two.at + two.length] in raw[-two.length :]


def test_a_copy_a_grown_and_a_trimmed_file_have_the_same_ids(tmp_path: Path) -> None:
    text = began(START) + TALK + began("2026-11-22 11:00:00") + user("hi")
    one, two = found(history(tmp_path, text))
    ids = [d.id for d in drafts(two)]
    (tmp_path / "clone").mkdir()
    grown = history(tmp_path / "clone", text + "\nHello!\n" + began("2026-11-22 12:00:00"), "c.md")
    assert [d.id for d in drafts(found(grown)[1])][: len(ids)] == ids
    trimmed = history(tmp_path, text[text.index("# aider chat started at 2026-11-22 11") :], "t.md")
    (left,) = found(trimmed)
    assert left.session == two.session
    assert [d.id for d in drafts(left)] == ids
    assert {d.id for d in drafts(one)}.isdisjoint(ids)


def test_sessions_of_one_second_stay_apart(tmp_path: Path) -> None:
    other = began(START).replace("gpt-x", "gpt-y")
    text = began(START) + user("a") + began(START) + user("b") + other + user("c")
    sessions = [one.session for one in found(history(tmp_path, text))]
    assert len(set(sessions)) == 3
    assert sessions[1] == sessions[0] + ".2"
    secret = began(START, "aider --openai-api-key other") + user("a")
    assert found(history(tmp_path, secret))[0].session == sessions[0]


def test_line_ends_of_windows_and_odd_characters(tmp_path: Path) -> None:
    text = began(START) + user("one\ntwo") + "\nlone \ud83d half \u2028 x\n"
    plain = drafts(found(history(tmp_path, text))[0])
    windows = drafts(found(history(tmp_path, text.replace("\n", "\r\n")))[0])
    assert [d.body for d in plain][2:] == ["one\ntwo", "lone \ud83d half \u2028 x"]
    assert [(d.id, d.body) for d in windows] == [(d.id, d.body) for d in plain]


def test_a_torn_end_changes_only_the_last_piece(tmp_path: Path) -> None:
    text = began(START) + TALK
    whole = drafts(found(history(tmp_path, text))[0])
    for cut in range(len(text) - 60, len(text), 7):
        torn = drafts(found(history(tmp_path, text[:cut]))[0])
        assert [d.id for d in torn[:-1]] == [d.id for d in whole[: len(torn) - 1]]


def test_what_only_looks_like_one_is_none(tmp_path: Path) -> None:
    for text in ("# aider chat started at noon\n#### hi\n", "# Notes\n#### hi\n", began(START)):
        assert found(history(tmp_path, text)) == []
    shutil.rmtree(tmp_path)
