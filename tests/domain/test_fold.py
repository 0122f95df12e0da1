"""The fold: which version counts, what replaced what, in whatever order entries arrive."""

import random

from hypothesis import given
from hypothesis import strategies as st

from domain.made import ENTITY, entry, placed
from git_naturecode.domain import fold
from git_naturecode.domain.session import build, row
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import PRIVATE, TEAM

IMPORTED = "0123456789abcdefghjk"


def test_the_last_setting_counts_unless_it_was_replaced() -> None:
    first = entry(9, "set", field="title", value="late clock")
    second = entry(2, "set", field="title", value="wins", over=[first.id])
    assert build(placed(first, second)).name == "wins"
    rival = entry(5, "set", field="title", value="concurrent")
    assert build(placed(first, second, rival)).name == "concurrent"


def test_tags_are_a_register_each() -> None:
    add, remove = (
        entry(1, "add", field="tags", value="x"),
        entry(2, "remove", field="tags", value="x"),
    )
    other = entry(1, "add", field="tags", value="y")
    assert build(placed(add, other)).tags == ["x", "y"] or build(placed(add, other)).tags == ["y"]
    assert build(placed(add, remove)).tags == []


def test_of_two_imports_of_one_message_the_more_redacted_counts() -> None:
    plain = entry(3, "message", "the key is abc", id=IMPORTED, role="user")
    safe = entry(1, "message", "the key is [REDACTED:x:1]", id=IMPORTED, role="user", red=["x:1"])
    session = build(placed(plain) + placed(safe))
    assert [m.text for m in session.messages] == ["the key is [REDACTED:x:1]"]
    assert session.messages[0].flags == ()


def test_two_contents_under_one_own_id_are_both_shown() -> None:
    one = entry(3, "message", "one", role="user")
    two = entry(3, "message", "two", role="user", salt="other")
    session = build(placed(one, two))
    assert sorted(m.text for m in session.messages) == ["one", "two"]
    assert all("two contents under one id" in m.flags for m in session.messages)


def test_the_shared_copy_hides_the_private_one() -> None:
    private = entry(3, "message", "with a key", role="user")
    shared = entry(3, "message", "with a [REDACTED:x:1]", role="user", red=["x:1"])
    session = build(placed(private, side=PRIVATE) + placed(shared))
    assert [m.text for m in session.messages] == ["with a [REDACTED:x:1]"]


def test_a_message_edited_by_hand_gives_way_to_the_intact_one() -> None:
    intact = entry(3, "message", "as said", role="user")
    edited = Entry(intact.line, "as forged", stated=intact.hash[:16])
    assert [m.text for m in build(placed(intact, edited)).messages] == ["as said"]
    alone = build(placed(edited)).messages[0]
    assert alone.text == "as forged"
    assert alone.flags == ("edited by hand",)


def test_a_finished_tool_call_replaces_the_open_one() -> None:
    call = entry(1, "message", "", id=IMPORTED, role="tool", tool="Bash")
    done = entry(
        2, "message", "out", id=IMPORTED[::-1], role="tool", tool="Bash", ok=True, over=[IMPORTED]
    )
    assert [m.text for m in build(placed(call, done)).messages] == ["out"]


def test_one_import_under_two_days_is_one_session_of_the_earlier_day() -> None:
    later = placed(entry(1, "open", title="x"), entity="session-20261121-k3v9q2m7")
    assert build(placed(entry(2, "message", "m", role="user")) + later).id == ENTITY


def test_source_times_order_messages_and_nothing_else() -> None:
    early = entry(9, "message", "first", role="user", t="2026-01-01T00:00:00.000Z")
    late = entry(1, "message", "second", role="user", t="2026-01-02T00:00:00.000Z")
    assert [m.text for m in build(placed(early, late)).messages] == ["first", "second"]


def test_nonsense_in_headers_does_not_stop_the_fold() -> None:
    odd = [
        entry(1, "open", title=["x"], visibility=7, origin="y"),
        entry(2, "set", field="title", value={"a": 1}, over="all"),
        entry(3, "message", "text", role=5, t=9, red="x"),
        entry(4, "unknown-kind", anything=[1]),
        entry(5, "join", name=3),
        entry(6, "add", field="tags", value=None),
    ]
    session = build(placed(*odd))
    assert [m.text for m in session.messages] == ["text"]
    assert row(session)["messages"] == 1


KINDS = st.sampled_from(["message", "set", "add", "remove", "join", "leave"])


@given(
    st.lists(st.tuples(st.integers(0, 59), KINDS, st.sampled_from("abc")), max_size=20),
    st.randoms(),
)
def test_the_order_of_arrival_and_repetition_change_nothing(
    drawn: list[tuple[int, str, str]], rng: random.Random
) -> None:
    entries = []
    for n, kind, value in drawn:
        field = "title" if kind == "set" else "tags"
        over = [f"e{n // 2:02}-device"] if n % 3 else []
        body = value if kind == "message" else None
        entries.append(entry(n, kind, body, field=field, value=value, who=value, over=over))
    whole = placed(*entries)
    mixed = whole + rng.sample(whole, len(whole) // 2)
    rng.shuffle(mixed)
    assert build(whole) == build(mixed)


def test_counting_prefers_intact_and_team() -> None:
    one = entry(1, "message", "x", role="user")
    counted = fold.count(placed(one, side=PRIVATE) + placed(one))
    assert counted[0].placed.side == TEAM
