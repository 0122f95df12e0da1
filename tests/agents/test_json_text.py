"""JSON of people: what is put in can be taken out again, and nothing else changes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.agents import json_text
from git_naturecode.agents.json_text import NotJson

KEYS = st.sampled_from(["hooks", "Stop", "a", "ü", 'q"uote', "back\\slash", "b"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
LAYOUTS = st.sampled_from(
    [{}, {"indent": 2}, {"indent": "\t"}, {"indent": 4}, {"separators": (",", ":")}]
)


@given(VALUES, LAYOUTS, st.sampled_from(["", "\n", "\r\n", "  \n\n"]))
def test_the_scanner_finds_every_value(value: object, layout: dict[str, object], end: str) -> None:
    text = json.dumps(value, ensure_ascii=False, **layout) + end  # type: ignore[arg-type]
    root = json_text.scan(text, comments=False)
    stack = [root]
    while stack:
        node = stack.pop()
        assert json.loads(text[node.opened : node.end]) == node.value
        assert len(node.inner) == len(node.value if isinstance(node.value, list | dict) else ())
        stack += node.inner


@given(st.dictionaries(KEYS, VALUES, max_size=4), LAYOUTS, st.booleans())
def test_what_is_put_in_can_be_taken_out(
    value: dict[str, object], layout: dict[str, object], crlf: bool
) -> None:
    hooks = value.get("hooks")
    text = json.dumps(value, ensure_ascii=False, **layout)  # type: ignore[arg-type]
    text = text.replace("\n", "\r\n") if crlf else text
    item = {"command": "ours", "deep": [1, {"x": "ü"}]}
    stop = hooks.get("Stop", []) if isinstance(hooks, dict) else []
    if ("hooks" in value and not isinstance(hooks, dict)) or not isinstance(stop, list):
        with pytest.raises(NotJson):
            json_text.put(text, json_text.scan(text, comments=False), ["hooks", "Stop"], item)
        return
    added = json_text.put(text, json_text.scan(text, comments=False), ["hooks", "Stop"], item)
    kept = hooks if isinstance(hooks, dict) else {}
    assert json.loads(added) == {**value, "hooks": {**kept, "Stop": [*stop, item]}}
    assert list(json.loads(added)) == list(dict.fromkeys([*value, "hooks"]))
    assert "\r\n" not in text or "\n" not in added.replace("\r\n", "")
    root = json_text.scan(added, comments=False)
    if "hooks" not in value:
        back = json_text.without(added, root, lambda one: one.name == "hooks")
    elif "Stop" not in kept:
        node = root.member("hooks")
        assert node
        back = json_text.without(added, node, lambda one: one.name == "Stop")
    else:
        node = (root.member("hooks") or root).member("Stop")
        assert node
        back = json_text.without(added, node, lambda one: one is node.inner[-1])
    assert json.loads(back) == value
    assert back == text


def test_comments_stay() -> None:
    text = '{\n  // what\n  "a": "//no", /* b\n */ "hooks": {} // end\n}\n'
    with pytest.raises(NotJson):
        json_text.scan(text, comments=False)
    added = json_text.put(text, json_text.scan(text, comments=True), ["hooks", "Stop"], 1)
    for part in ("// what\n", '"//no", /* b\n */', "// end\n"):
        assert part in added
    root = json_text.scan(added, comments=True)
    assert root.value["hooks"] == {"Stop": [1]}
    assert json_text.without(added, root.inner[1], lambda one: one.name == "Stop") == text


@pytest.mark.parametrize("text", ["", "{", '{"a":}', "{'a': 1}", '{"a": 1,}', "[" * 5000, "nul"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        json_text.scan(text, comments=True)
