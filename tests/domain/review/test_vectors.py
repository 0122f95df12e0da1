"""The entries of reviews are frozen: they are written like this, and add up to this, for ever."""

import json
from pathlib import Path

from git_naturecode.domain.review import makers
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.build import DISCARD, build
from git_naturecode.domain.review.model import Comment, Revision, Target, Thread
from git_naturecode.store import format
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import PRIVATE, TEAM, Placed

VECTORS = Path(__file__).parents[2] / "store" / "vectors"
REVIEW, DEVICE = "review-20261122-k3v9q2m7", "7f3kq0abx2m4c9vd"
ANN, BOB = "ann@example.com", "bob@example.com"
HEAD, BASE, TIP, RESULT = "1" * 40, "2" * 40, "3" * 40, "4" * 40
TABLE = '0123456789abcdef M a.py\nfedcba9876543210 R "new \\303\\251.py"\told.py'
SUGGESTION = "Say it:\n\n```suggestion\nline five\n```\n"
ANCHOR = Anchor(
    "a.py", "new", 5, 6, HEAD, "5" * 40, ("line 5", "line 6"), ("line 4",), ("line 7",),
    "def f():", True,
)  # fmt: skip


def entries() -> list[Entry]:
    """One entry of each kind as it is written today, by turns of Ann and Bob."""
    made: list[Entry] = []

    def say(by: str, draft: Draft) -> Entry:
        number = len(made) + 1
        header: dict[str, Json] = {
            **draft.fields, "id": f"01jd9g{number:04}000-{DEVICE}", "by": by, "kind": draft.kind,
            "at": f"2026-11-22T10:30:{number:02}.123Z/0000", "salt": f"{number:032}",
        }  # fmt: skip
        made.append(format.make(header, draft.body))
        return made[-1]

    def revision(entry: Entry) -> Revision:
        return Revision(entry.id, 1, HEAD, BASE, TIP, ANN, "", 2, "d" * 64)

    target = Target("branch", "feature")
    say(ANN, makers.opening("Say five", "It reads better.", target, "main", "Ann"))
    first = say(ANN, makers.revision(HEAD, BASE, TIP, 2, [], TABLE))
    say(ANN, makers.revision(RESULT, BASE, "", 2_000, [first.id], "", "e" * 64))
    say(ANN, makers.reviewer(made, BOB, there=True))
    say(ANN, makers.reviewer(made, "cy@example.com", there=True))
    say(ANN, makers.reviewer(made, "cy@example.com", there=False))
    say(ANN, makers.required(made, BOB, value=True))
    say(BOB, Draft("join", {"name": "Bob"}))
    begun = say(BOB, makers.comment(SUGGESTION, first.id, ANCHOR))
    answer = say(ANN, makers.comment("Why?", first.id, on=begun.id))
    whole = say(BOB, makers.comment("All of it.", ""))
    said = tuple(Comment(one.id, "", "", "") for one in (begun, answer))
    say(ANN, makers.settling(made, Thread(said), "resolve", "Done."))
    say(BOB, makers.settling(made, Thread(said), "reopen"))
    say(BOB, makers.reaction(made, BOB, answer.id, "+1", off=False))
    say(BOB, makers.reaction(made, BOB, answer.id, "+1", off=True))
    say(BOB, Draft("edit", {"target": answer.id, "over": []}, "Why not?"))
    say(BOB, Draft("redact", {"target": whole.id, "reason": "a name"}))
    say(BOB, makers.verdict(made, BOB, "reject", revision(first), "Not yet.", ["a.py"]))
    say(BOB, makers.verdict(made, BOB, "approve", revision(first)))
    say(ANN, Draft("set", {"field": "title", "value": "Say it", "over": []}))
    say(ANN, Draft("link", {"to": "session-20261120-k3v9q2m7"}))
    say(ANN, makers.merging(made, HEAD, TIP, RESULT, "squash", "main", "In it goes."))
    say(BOB, Draft(DISCARD, {"over": ["01jd9g9999000-" + DEVICE]}))
    return made


def segment() -> bytes:
    """Their segment."""
    blocks = "".join(map(format.block, entries()))
    return (format.preamble(REVIEW, DEVICE, 1) + blocks).encode()


def told(data: bytes) -> dict[str, object]:
    """What the entries of a segment add up to."""
    placed = [
        Placed(one, REVIEW, DEVICE, PRIVATE if one.kind == DISCARD else TEAM)
        for one in format.parse(data).entries
    ]
    review = build(placed)
    return {
        "title": review.title, "status": review.status, "target": list(review.target),
        "base": review.base, "owner": review.owner, "links": review.links,
        "revisions": [[one.number, one.head, one.changed, one.digest] for one in review.revisions],
        "reviewers": [[r.who, r.name, r.required, r.asked, r.status] for r in review.reviewers],
        "threads": [
            {
                "resolved": thread.resolved, "news": thread.news,
                "anchor": thread.first.anchor.json() if thread.first.anchor else None,
                "comments": [
                    [one.by, one.text, bool(one.hidden), bool(one.edited), list(one.reactions)]
                    for one in thread.comments
                ],
            }
            for thread in review.threads
        ],
        "verdicts": [[v.by, v.value, v.head, v.base, v.digest, list(v.files)]
                     for v in review.verdicts],
        "merges": [[m.head, m.onto, m.result, m.strategy, m.base, m.text] for m in review.merges],
    }  # fmt: skip


def test_each_kind_of_entry_is_written_as_ever() -> None:
    assert segment() == (VECTORS / "review.segment").read_bytes()


def test_what_they_add_up_to() -> None:
    known = json.loads((VECTORS / "review.json").read_text())["review"]
    assert json.loads(json.dumps(told((VECTORS / "review.segment").read_bytes()))) == known
    assert known["verdicts"]
    assert known["merges"]
