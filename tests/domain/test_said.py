"""Messages and comments after edits, redactions, answers and deletion."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from domain.made import ADA, BEN, entry, placed
from git_naturecode.domain.session import build, describe, row
from git_naturecode.render import session as views
from git_naturecode.render import session_json
from git_naturecode.render.paint import Paint
from git_naturecode.store.entry import Entry, Json, stub_of

M1 = entry(1, "message", "first wording", role="user")


def test_an_edit_is_shown_as_the_newest_and_says_so() -> None:
    one = entry(2, "edit", "second wording", target=M1.id, over=[])
    two = entry(3, "edit", "third wording", target=M1.id, over=[one.id], by=BEN)
    message = build(placed(M1, one, two)).messages[0]
    assert (message.text, message.flags) == ("third wording", ("edited",))
    assert message.edited
    assert message.edited.by == BEN
    assert message.rivals == ()


def test_what_an_edit_replaces_is_out_whatever_the_clocks_say() -> None:
    late = entry(9, "edit", "by a clock that is ahead", target=M1.id)
    after = entry(2, "edit", "made after it", target=M1.id, over=[late.id])
    assert build(placed(M1, late, after)).messages[0].text == "made after it"


def test_of_two_edits_at_once_the_later_shows_and_the_other_is_kept() -> None:
    mine = entry(2, "edit", "mine", target=M1.id)
    yours = entry(3, "edit", "yours", target=M1.id, by=BEN)
    message = build(placed(M1, mine, yours)).messages[0]
    assert message.text == "yours"
    assert [(one.text, one.by) for one in message.rivals] == [("mine", ADA)]
    assert "edited by two at once" in message.flags
    settled = entry(4, "edit", "both", target=M1.id, over=[mine.id, yours.id])
    assert build(placed(M1, mine, yours, settled)).messages[0].rivals == ()


def test_a_redaction_absorbs_edits_and_cannot_be_replaced() -> None:
    hide = entry(2, "redact", target=M1.id, reason="a customer's name")
    after = entry(3, "edit", "it was about Acme", target=M1.id, over=[hide.id])
    message = build(placed(M1, hide, after)).messages[0]
    assert (message.text, message.edited, message.rivals) == ("", None, ())
    assert message.hidden
    assert (message.hidden.by, message.hidden.reason) == (ADA, "a customer's name")
    by_edit = entry(4, "redact", target=after.id)
    assert build(placed(M1, after, by_edit)).messages[0].hidden


def test_comments_are_threaded_on_messages_and_answers_join_them() -> None:
    on = entry(2, "comment", "on it", on=M1.id)
    answer = entry(3, "comment", "answer", on=on.id, by=BEN)
    general = entry(4, "comment", "on all of it")
    session = build(placed(M1, on, answer, general))
    assert [c.text for c in session.messages[0].comments] == ["on it", "answer"]
    assert [(c.text, c.on) for c in session.comments][2] == ("on all of it", "")
    changed = entry(5, "edit", "on it, better", target=on.id)
    assert build(placed(M1, on, changed)).comments[0].text == "on it, better"


def test_comments_that_answer_each_other_end_somewhere() -> None:
    one = entry(2, "comment", "one", on="e03-device")
    two = entry(3, "comment", "two", on="e02-device")
    assert len(build(placed(one, two)).comments) == 2
    loop = entry(4, "edit", "x", target="e04-device")
    assert build(placed(M1, loop)).messages[0].text == M1.body


def test_reactions_count_for_each_person_and_can_be_taken_back() -> None:
    mine = entry(2, "react", target=M1.id, value="+1")
    yours = entry(3, "react", target=M1.id, value="+1", by=BEN)
    back = entry(4, "react", target=M1.id, value="", over=[mine.id])
    assert build(placed(M1, mine, yours)).messages[0].reactions == (("+1", (ADA, BEN)),)
    assert build(placed(M1, mine, yours, back)).messages[0].reactions == (("+1", (BEN,)),)


def test_a_deleted_session_has_no_texts_and_is_not_found() -> None:
    everything = placed(
        entry(0, "open", title="Plan"), M1, entry(2, "comment", "c"), entry(3, "delete", by=BEN),
        entry(4, "message", "said later", role="user"), entry(5, "file", path="a.py"),
        entry(6, "set", field="summary", value="sum"), entry(7, "add", field="tags", value="t"),
    )  # fmt: skip
    session = build(everything)
    assert session.status == "deleted"
    assert session.deleted
    assert session.deleted.by == BEN
    found = describe("k3v9q2m7", everything)
    assert found
    assert found.texts == []
    assert (found.row["status"], found.row["name"]) == ("deleted", "Plan")
    assert "said later" not in json.dumps(session_json.json(session))


def test_a_purged_message_is_said_to_be_purged() -> None:
    session = build(placed(stub_of(M1, "d" * 16)))
    assert session.messages[0].flags == ("purged",)
    assert "[purged]" in views.text(session, Paint(False))


def test_files_and_links_are_folded() -> None:
    file = entry(1, "file", path="src/a.py", lines="3-9", blob="b" * 40)
    links = [entry(2, "link", to="c1"), entry(3, "link", to="c2"), entry(4, "unlink", to="c1")]
    session = build(placed(file, *links))
    assert [(f.path, f.lines, f.by) for f in session.files] == [("src/a.py", "3-9", ADA)]
    assert session.links == ["c2"]


def test_a_join_of_two_devices_is_said() -> None:
    one = placed(M1, device="a" * 16)
    two = placed(entry(5, "message", "x", role="user"), device="b" * 16)
    assert build(one).merged == ""
    assert build(one + two).merged == "2026-11-20T10:00:05.000Z"
    assert session_json.json(build(one + two))["conflictResolved"] is True
    copy = entry(6, "message", "x", role="user", id="0000000000001-" + "a" * 16)
    assert build(one + placed(copy, device="b" * 16)).merged == ""


def test_texts_to_search_hold_all_that_was_said() -> None:
    tool = entry(2, "message", "out", role="tool", tool="Bash", target="ls src", ok=True)
    found = describe("k3v9q2m7", placed(
        entry(0, "open", title="Plan"), M1, tool, entry(3, "comment", "a remark", on=M1.id),
        entry(4, "set", field="summary", value="the sum"), entry(5, "add", field="tags", value="t"),
        entry(6, "edit", "new wording", target=M1.id),
    ))  # fmt: skip
    assert found
    assert dict(found.texts) == {
        "title": "Plan", "summary": "the sum", "tags": "t", M1.id: "new wording",
        tool.id: "Bash ls src\nout", "e03-device": "a remark",
    }  # fmt: skip


KINDS = ("message", "comment", "edit", "redact", "react", "file", "set", "delete")


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """A log in which anything may be about anything; every text names its entry."""
    made = []
    for number in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(KINDS[:-1] if number % 7 else KINDS))
        about = f"e{draw(st.integers(0, 14)):02}-device"
        more: dict[str, Json] = {"target": about, "on": about, "path": f"path-{number}"}
        more |= {"by": draw(st.sampled_from([ADA, BEN])), "value": "+1", "field": "title"}
        if draw(st.booleans()):
            more["over"] = [f"e{draw(st.integers(0, 14)):02}-device"]
        if kind == "message":
            tool = {"role": "tool", "tool": "Bash", "target": f"word-{number}-"}
            more |= draw(st.sampled_from([{"role": "user"}, tool]))
        body = f"word-{number}-" if kind in ("message", "comment", "edit") else None
        made.append(entry(number, kind, body, **more))
    return made


@given(logs(), st.randoms())
def test_nothing_redacted_is_in_any_view_in_whatever_order_it_comes(
    log: list[Entry], rng: random.Random
) -> None:
    whole = placed(*log)
    mixed = whole + rng.sample(whole, len(whole) // 2)
    rng.shuffle(mixed)
    session = build(mixed)
    assert session == build(whole)
    views_of_it = [
        views.text(session, Paint(False)), json.dumps(session_json.json(session)),
        json.dumps(row(session)), repr(describe("x", whole)), repr(session.messages),
    ]  # fmt: skip
    hidden = {e.header["target"] for e in log if e.kind == "redact"}
    edits = {e.id: e.header["target"] for e in log if e.kind == "edit"}
    gone = [e for e in log if e.kind in ("message", "comment", "edit") and _root(e, edits) & hidden]
    for one in gone:
        assert all(str(one.body) not in view for view in views_of_it)


def _root(entry: Entry, edits: dict[str, str]) -> set[str]:
    """`entry` and all that it is about, over any number of edits."""
    seen = {entry.id}
    name = entry.id
    while name in edits and edits[name] not in seen:
        name = edits[name]
        seen.add(name)
    return seen


def test_nobody_takes_anothers_words_away() -> None:
    said = entry(1, "message", "mine", role="user", by=ADA)
    rude = entry(2, "message", "instead", role="user", by=BEN, over=[said.id])
    assert [m.text for m in build(placed(said, rude)).messages] == ["mine", "instead"]
    better = entry(3, "message", "mine, better", role="user", by=ADA, over=[said.id])
    assert [m.text for m in build(placed(said, better)).messages] == ["mine, better"]
