"""Exports of ChatGPT: many conversations in a file, of each the branch that was shown last."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.capture import conversations, read
from git_naturecode.capture.items import at, places
from git_naturecode.ids import imported_entry
from git_naturecode.redact import Redactor
from git_naturecode.store.entry import Draft
from samples import chat, chatgpt, node

S = "66666666-aaaa-4bbb-8ccc-000000000001"
CODE = {"content_type": "code", "text": "a = 1\nprint(a)"}
OUTPUT = {"content_type": "execution_output", "text": "1"}
NODES = [
    node("1", None, "system", "be good", weight=0),
    node("22", "1", "user", "Make it red"),
    node("333", "22", "assistant", "Which?", metadata={"model_slug": "gpt-y"}),
    node("4444", "333", "user", "an edit that was left"),
    node("55555", "333", "user", "This."),
    node("666666", "55555", "assistant", CODE, recipient="python"),
    node("7777777", "666666", "tool", OUTPUT, author="python"),
    node("88888888", "7777777", "assistant", "Done."),
]  # fmt: skip


def exported(path: Path, *chats: Any, indent: int | None = None) -> str:
    path.write_text(json.dumps(list(chats), indent=indent))
    return str(path)


def drafts(path: str, **options: Any) -> list[list[Draft]]:
    return [list(read(one, Redactor(), **options)) for one in conversations(path)]


def told(found: list[Draft]) -> list[tuple[Any, ...]]:
    return [(d.fields["role"], d.body) for d in found if d.kind == "message"]


def test_the_branch_that_was_shown_comes_out(tmp_path: Path) -> None:
    [found] = drafts(exported(tmp_path / "a.json", chat(NODES, "88888888")))
    opened, *said = found
    assert opened.id == imported_entry("chatgpt", S, "open", "")
    assert opened.fields == {
        "title": "Red",
        "origin": {"tool": "chatgpt", "session": S},
        "t": "2026-11-22T10:00:00.000Z",
    }
    assert told(said) == [
        ("user", "Make it red"),
        ("assistant", "Which?"),
        ("user", "This."),
        ("tool", "1"),
        ("assistant", "Done."),
    ]
    assert [d.fields.get("model") for d in said] == [None, "gpt-y", None, None, "gpt-x"]
    assert said[3].fields == {
        "role": "tool",
        "t": "2026-11-22T10:00:06.000Z",
        "type": "shell",
        "tool": "python",
        "target": "a = 1",
        "ok": True,
        "size": 1,
    }


def test_another_branch_adds_only_what_it_has_of_its_own(tmp_path: Path) -> None:
    early = drafts(exported(tmp_path / "a.json", chat(NODES[:4], "4444")))[0]
    stored = {d.id for d in early}
    late = exported(tmp_path / "b.json", chat(NODES, "88888888"))
    assert told(drafts(late, known=stored.__contains__)[0]) == [
        ("user", "This."),
        ("tool", "1"),
        ("assistant", "Done."),
    ]


def test_many_conversations_of_one_file_and_one_in_a_file(tmp_path: Path) -> None:
    chats = [
        chat(
            [node("n", None, "user", f"text {n}")],
            "n",
            conversation_id=f"c{n}",
            update_time=1795341600 + n,
        )
        for n in range(9)
    ]
    for indent in (None, 2):
        path = exported(tmp_path / "a.json", *chats, indent=indent)
        found = list(conversations(path))
        assert [(one.session, one.first_ms, one.ended_ms) for one in found] == [
            (f"c{n}", 1795341600000, 1795341600000 + n * 1000) for n in range(9)
        ]
        assert [told(one) for one in drafts(path)] == [[("user", f"text {n}")] for n in range(9)]
    single = tmp_path / "b.json"
    single.write_text(json.dumps(chats[3]))
    assert told(drafts(str(single))[0]) == [("user", "text 3")]
    assert [one.session for one in conversations(str(single))] == ["c3"]


def test_a_torn_export_gives_what_is_whole(tmp_path: Path) -> None:
    chats = [chat([node("n", None, "user", "x")], "n", conversation_id=f"c{n}") for n in range(3)]
    path = Path(exported(tmp_path / "a.json", *chats))
    path.write_bytes(path.read_bytes()[:-20])
    assert [one.session for one in conversations(str(path))] == ["c0", "c1"]


def test_hidden_messages_and_thoughts_come_only_in_full(tmp_path: Path) -> None:
    path = exported(tmp_path / "a.json", chatgpt("mark"))
    [found] = drafts(path)
    assert [d.fields.get("meta") or d.fields.get("think") for d in found] == [None] * len(found)
    [full] = drafts(path, full=True)
    assert [d.body for d in full if d.fields.get("meta")] == ["mark"]
    assert [d.body for d in full if d.fields.get("think")] == ["mark\n\nmark"]
    assert {d.id for d in found} < {d.id for d in full}
    assert told(found)[0] == ("user", "mark\n[file: mark]")
    assert told(found)[-2] == ("assistant", "mark\n[image: 3 bytes]")
    search = next(d for d in found if d.fields.get("tool") == "web.run")
    assert (search.fields["target"], search.fields["type"]) == ("mark", "search")


def test_what_has_no_weight_is_left_out(tmp_path: Path) -> None:
    nodes = [
        node("a", None, "tool", "noise", author="browser", weight=0),
        node("bb", "a", "assistant", "noise", weight=0.0),
        node("ccc", "bb", "tool", "kept", author="browser"),
        node("dddd", "ccc", "user", "said"),
    ]
    [found] = drafts(exported(tmp_path / "a.json", chat(nodes, "dddd")))
    assert told(found) == [("tool", "kept"), ("user", "said")]


def test_messages_stay_in_the_order_of_the_branch(tmp_path: Path) -> None:
    nodes = [node(f"n{n}", f"n{n - 1}", "user", f"text {n}") for n in range(6)]
    for one, second in zip(nodes, [5, 3, None, 3, 9, 1], strict=True):
        one["message"]["create_time"] = second and 1795341600 + second
    [found] = drafts(exported(tmp_path / "a.json", chat(nodes, "n5")))
    times = [d.fields["t"][17:23] for d in found[1:]]
    assert times == ["05.000", "05.001", "05.002", "05.003", "09.000", "09.001"]


@pytest.mark.parametrize("shown", ["gone", None, 7, {}])
def test_without_a_current_node_the_latest_leaf_counts(tmp_path: Path, shown: Any) -> None:
    [found] = drafts(exported(tmp_path / "a.json", chat(NODES, shown)))
    assert told(found)[-1] == ("assistant", "Done.")


def test_a_tree_that_is_a_ring_ends(tmp_path: Path) -> None:
    ring = [node("a", "b", "user", "x"), node("b", "a", "user", "y")]
    [found] = drafts(exported(tmp_path / "a.json", chat(ring, "a")))
    assert told(found) == [("user", "y"), ("user", "x")]


def test_other_arrays_are_no_exports(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    others: list[Any] = [[], [1, 2], [{"a": 1}] * 5, [[{"mapping": {}}]], {"mapping": 7}]
    for other in others:
        path.write_text(json.dumps(other))
        assert list(conversations(str(path))) == []


@given(
    st.lists(
        st.dictionaries(
            st.text(),
            st.recursive(st.text() | st.none() | st.integers(), st.lists, max_leaves=5),
            max_size=3,
        )
    ),
    st.sampled_from([None, 1]),
    st.integers(1, 9),
)
def test_places_of_items_whatever_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, items: list[Any], indent: int | None, chunk: int
) -> None:
    path = tmp_path_factory.mktemp("items") / "a.json"
    path.write_text(json.dumps(items, indent=indent, ensure_ascii=len(items) % 2 == 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("git_naturecode.capture.items._CHUNK", chunk)
        assert [at(str(path), *place) for place in places(str(path))] == items
