"""Ids of imported entries: each once, not from what was said, and the same in a longer file."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors import jsonl, told
from git_naturecode.capture import conversations, read
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from logs import NEW, OLD, LlmLog, naturecode
from samples import WRITERS, chat, node, rollout, spoken

TEXT = b"some text"
S = "11111111-aaaa-4bbb-8ccc-000000000001"
# Written anew as a whole, without times and ids: nothing but the text tells two messages apart.
_BY_TEXT = "cursor-page"
_SQLITE = ("llm", "cursor-store")


def drafts(path: Path, full: bool = False) -> list[Draft]:
    return [
        draft for found in conversations(str(path)) for draft in read(found, Redactor(), full=full)
    ]


def ids(path: Path, full: bool = False) -> list[str]:
    return [str(d.id) for d in drafts(path, full)]


def nameless(path: Path) -> None:
    """Take away the ids of messages and calls, all but what tells whose transcript it is."""
    raw = re.sub(r'"(?:id|uuid|tool_use_id)": ?"\w{1,4}", ?\s*', "", path.read_text())
    named = {"type": "user", "uuid": "u", "sessionId": S, "timestamp": _stamp(0)}
    first = jsonl([named]) if path.suffix == ".jsonl" else ""
    path.write_text(first + raw)


@pytest.mark.parametrize(
    "name", [*(n for n in WRITERS if n != _BY_TEXT), "claude-code without ids"]
)
def test_no_text_of_a_message_decides_any_id(tmp_path: Path, name: str) -> None:
    tool = name.partition(" ")[0]
    path = WRITERS[tool][0](tmp_path, TEXT.decode())
    if name in ("gemini", "claude-code without ids"):
        nameless(path)
    if name == "cursor-lines":
        path = path.rename(tmp_path / f"{S}.jsonl")
    if name == "naturecode":  # a tag is known by what it says
        value = naturecode(TEXT.decode(), tags=[])
        path.write_text(json.dumps(value))
    whole = path.read_bytes()
    want = ids(path, full=True)
    assert len(want) >= WRITERS[tool][1] - (name == "naturecode")
    others = [b"else word"] if name in _SQLITE else [b"else word", b"longer than it was before"]
    places = [found.start() for found in re.finditer(re.escape(TEXT), whole)]
    assert len(places) > 2
    for place in places:
        for other in others:
            path.write_bytes(whole[:place] + other + whole[place + len(TEXT) :])
            assert ids(path, full=True) == want, whole[max(place - 80, 0) : place + 40]


# -- conversations in which texts and times come again ---------------------------------------------

Talk = Sequence[tuple[str, str, int]]
TALKS = st.lists(
    st.tuples(
        st.sampled_from(["user", "assistant"]),
        st.sampled_from(["yes", "no", "go on", "<environment_context>x"]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=12,
)


def _stamp(second: int) -> str:
    return f"2026-11-22T10:00:{second:02d}.000Z"


def write_codex(folder: Path, talk: Talk) -> Path:
    meta = rollout("session_meta", 0, id=S, timestamp=_stamp(0), cwd="/p")
    more = rollout("compacted", 1, message="before")
    path = folder / "rollout.jsonl"
    path.write_text(jsonl([meta, *(spoken(t, role, text) for role, text, t in talk), more]))
    return path


def write_codex_without_times(folder: Path, talk: Talk) -> Path:
    meta = {"id": S, "timestamp": _stamp(0), "instructions": None}
    lines = [
        {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
        for role, text, _ in talk
    ]
    path = folder / "rollout.jsonl"
    path.write_text(jsonl([meta, *lines]))
    return path


def write_claude(folder: Path, talk: Talk) -> Path:
    named = {"type": "system", "uuid": "u", "sessionId": S, "timestamp": _stamp(0), "content": "x"}
    lines = [
        {"type": role, "sessionId": S, "timestamp": _stamp(t),
         "message": {"content": [{"type": "thinking", "thinking": "hm"},
                                 {"type": "text", "text": text}]}}
        for role, text, t in talk
    ]  # fmt: skip
    path = folder / f"{S}.jsonl"
    path.write_text(jsonl([named, *lines]))
    return path


def write_gemini(folder: Path, talk: Talk) -> Path:
    roles = {"user": "user", "assistant": "gemini"}
    said = [
        {"type": roles[role], "content": text, "timestamp": _stamp(t),
         "thoughts": [{"subject": text, "description": "hm"}]}
        for role, text, t in talk
    ]  # fmt: skip
    head = {"sessionId": S, "projectHash": "x", "startTime": _stamp(0)}
    path = folder / "session.json"
    path.write_text(json.dumps({**head, "messages": said}))
    return path


def write_cursor(folder: Path, talk: Talk) -> Path:
    path = folder / f"{S}.jsonl"
    path.write_text(jsonl(told(role, text) for role, text, _ in talk))
    return path


def write_naturecode(folder: Path, talk: Talk) -> Path:
    said = [{"role": role, "content": text, "timestamp": _stamp(t)} for role, text, t in talk]
    value: dict[str, Any] = {"id": "session-1", "conversation": {"messages": said}}
    path = folder / "session-1.json"
    path.write_text(json.dumps(value))
    return path


def write_aider(folder: Path, talk: Talk) -> Path:
    said = (f"#### {text}  \n\n" if role == "user" else f"> {text}  \n\n" for role, text, _ in talk)
    begun = "\n# aider chat started at 2026-11-22 {}:00:00\n\n#### /first  \n\n"
    path = folder / ".aider.chat.history.md"
    path.write_text(f"{begun.format(10)}{''.join(said)}{begun.format(11)}")
    return path


def write_specstory(folder: Path, talk: Talk) -> Path:
    who = {"user": "User", "assistant": "Agent"}
    path = folder / "a.md"
    head = f"<!-- Generated by SpecStory -->\n<!-- X Session {S} (2026-11-22 10:00:00Z) -->\n"
    said = (
        f"_**{who[role]} (2026-11-22 10:00:{t:02d}Z)**_\n\n<think>\nhm\n</think>\n{text}\n\n"
        for role, text, t in talk
    )
    path.write_text(head + "".join(said))
    return path


def write_llm(folder: Path, talk: Talk) -> Path:
    log = LlmLog(folder / "logs.db", OLD)
    for number, (_, text, _) in enumerate(talk):
        log.response("c", number, text, text, reasoning="hm")
    return log.close()


def write_llm_thread(folder: Path, talk: Talk) -> Path:
    log = LlmLog(folder / "logs.db", OLD + NEW)
    tip = None
    for number, (_, text, _) in enumerate(talk):
        log.message(tip, "system", f"{number}")  # keeps the hash of what follows apart
        asked = log.message(tip, "user", text, {"type": "reasoning", "text": f"{number}"})
        tip = log.message(asked, "assistant", text)
        log.turn("t", number, asked, tip)
    log.thread("t", "Names", str(tip))
    return log.close()


TALKERS: dict[str, Callable[[Path, Talk], Path]] = {
    "codex": write_codex,
    "codex without times": write_codex_without_times,
    "claude": write_claude,
    "gemini": write_gemini,
    "cursor": write_cursor,
    "naturecode": write_naturecode,
    "aider": write_aider,
    "specstory": write_specstory,
    "llm": write_llm,
    "llm threads": write_llm_thread,
}


@pytest.mark.parametrize("name", TALKERS)
@given(talk=TALKS, data=st.data())
def test_every_message_has_an_id_of_its_own_that_stays(
    tmp_path_factory: pytest.TempPathFactory, name: str, talk: Talk, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("talk")
    path = TALKERS[name](folder, talk)
    by_default, full = drafts(path), drafts(path, full=True)
    for found in (by_default, full):
        assert len({d.id for d in found}) == len(found)
    said = [d for d in by_default if d.body in ("yes", "no", "go on")]
    each = 2 if name.startswith("llm") else 1
    assert len(said) == each * sum(not text.startswith("<") for _, text, _ in talk)
    # With `full` there is more, and the same has the same ids.
    bodies = {d.id: d.body for d in full}
    assert all(bodies.get(d.id) == d.body for d in by_default)
    # What is there already keeps its id in a longer conversation.
    early = TALKERS[name](folder, talk[: data.draw(st.integers(1, len(talk)))])
    assert all(bodies.get(d.id) == d.body for d in drafts(early) if d.body != "before")


# -- texts that are still being written ------------------------------------------------------------


def grown(path: Path, states: Sequence[str]) -> list[Draft]:
    """What is left after each state of a file was imported, without what was replaced."""
    stored: dict[str, Draft] = {}
    for state in states:
        path.write_text(state)
        for found in conversations(str(path)):
            new = list(read(found, Redactor(), known=stored.__contains__))
            stored.update((str(d.id), d) for d in new)
    replaced = {name for d in stored.values() for name in d.fields.get("over", ())}
    return [d for name, d in stored.items() if name not in replaced and d.kind == "message"]


def test_what_aider_is_still_writing_is_replaced_once_it_is_whole(tmp_path: Path) -> None:
    begun = "# aider chat started at 2026-11-22 10:00:00\n\n#### Make it red  \n\n"
    answer = "Here it is:\n\nx = 1\n\n"
    notice = "> Tokens: 5 sent  \n> Applied edit to a.py  \n\n"
    whole = f"{begun}{answer}{notice}#### thanks  \n\n"
    want = [d.body for d in grown(tmp_path / "h.md", [whole])]
    for cut in range(len(begun), len(whole)):
        for states in ([whole[:cut], whole], [whole[:cut], whole[: cut + 9], whole]):
            found = grown(tmp_path / "h.md", states)
            assert sorted(map(str, (d.body for d in found))) == sorted(map(str, want)), cut


def test_a_result_that_specstory_adds_later_replaces_the_call(tmp_path: Path) -> None:
    head = f"<!-- Generated by SpecStory -->\n<!-- X Session {S} (2026-11-22 10:00:00Z) -->\n"
    tool = '<tool-use data-tool-type="shell" data-tool-name="Bash">\n`ls`\n{}</tool-use>\n'
    said = f"{head}_**Agent (m 2026-11-22 10:00:00Z)**_\n\n{tool}"
    (one,) = grown(tmp_path / "a.md", [said.format(""), said.format("\n```text\na.py\n```\n")])
    assert one.body == "a.py"


def test_subagents_of_cursor_do_not_share_the_ids_of_their_parent(tmp_path: Path) -> None:
    folder = tmp_path / S / "subagents"
    folder.mkdir(parents=True)
    found: list[str] = []
    for path in (tmp_path / S / f"{S}.jsonl", folder / "a.jsonl", folder / "b.jsonl"):
        path.write_text(jsonl([told("user", "hi"), told("assistant", "hi")]))
        found += [str(d.id) for d in drafts(path) if d.kind == "message"]
    assert len(set(found)) == 6


def test_the_summary_of_a_grown_session_replaces_the_one_before(tmp_path: Path) -> None:
    stored: dict[str, Draft] = {}
    for count, summary in ((1, "one"), (3, "three"), (3, "three")):
        messages = [{"role": "user", "content": f"{n}"} for n in range(count)]
        talk = {"messages": messages, "summary": summary}
        path = tmp_path / "a.json"
        path.write_text(json.dumps({"id": "session-1", "conversation": talk}))
        new = list(read(str(path), Redactor(), known=stored.__contains__))
        stored.update((str(d.id), d) for d in new)
    first, second = (d for d in stored.values() if d.kind == "set")
    assert second.fields["value"] == "three"
    assert second.fields["over"] == [first.id]


def test_what_both_generations_of_llm_tell_has_one_name(tmp_path: Path) -> None:
    """Also where a thread leaves out what the older tables have."""
    log = LlmLog(tmp_path / "logs.db")
    for number, text in enumerate(("one", "two", "two")):
        log.response("c", number, text, f"{text}!")
    asked = log.message(log.message(log.message(None, "user", "two"), "assistant", "two!"),
                        "user", "three")  # fmt: skip
    tip = log.message(asked, "assistant", "three!")
    log.thread("c", "Names", tip)
    log.turn("c", 9, asked, tip)
    found = [d.body for d in drafts(log.close())[1:]]
    assert found == ["one", "one!", "two", "two!", "two", "two!", "three", "three!"]


def test_a_chat_of_chatgpt_without_an_id_is_not_known_by_its_title(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    found = []
    for title, first in (("Red", "a"), ("Blue", "a"), ("Red", "b")):
        nodes = [node(first, None, "user", "hi"), node("c", first, "assistant", "hi")]
        path.write_text(json.dumps([chat(nodes, "c", title=title, conversation_id=None)]))
        found += [one.session for one in conversations(str(path))]
    assert found[0] == found[1] != found[2]
