"""The entries of findings are frozen: they are written like this, and add up to this, for ever."""

import json
from pathlib import Path

from git_naturecode.domain.findings import makers
from git_naturecode.domain.findings.build import DONE, INCONCLUSIVE
from git_naturecode.domain.findings.makers import Ran
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.review import makers as reviews
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import Target
from git_naturecode.store import format
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import TEAM, Placed

VECTORS = Path(__file__).parents[2] / "store" / "vectors"
REVIEW, DEVICE = "review-20261122-k3v9q2m7", "7f3kq0abx2m4c9vd"
ANN, BOT = "ann@example.com", "ci@example.com"
ONE, TWO, BASE = "1" * 40, "2" * 40, "3" * 40
CODE = Anchor(
    "src/a.py", "new", 5, 6, ONE, "5" * 40, ("  a = 1", "  b = 2"), ("line 4",), ("line 7",),
    "def f():",
)  # fmt: skip
FOUND = Finding(
    "nc/python/sql-injection", "high", 0.875, "The query is made of text from outside.\n\nBind it.",
    CODE, "  a = 2\n", "security", "builtin", "CWE-89", "a" * 32,
)  # fmt: skip
OTHER = FOUND._replace(
    rule="ai/performance", severity="low", confidence=0.5, suggestion=None, cwe="",
    aspect="performance", source="openai:deepseek-chat", fingerprint="b" * 32,
    anchor=CODE._replace(side="old", line=5, end=5, text=("  a = 0",), commit=BASE),
)  # fmt: skip


def entries() -> list[Entry]:
    """One entry of each kind as it is written today."""
    made: list[Entry] = []

    def say(by: str, *drafts: Draft) -> Entry:
        for draft in drafts:
            number = len(made) + 1
            header: dict[str, Json] = {
                **draft.fields, "id": draft.id or f"01jd9g{number:04}000-{DEVICE}", "by": by,
                "at": f"2026-11-22T10:30:{number:02}.123Z/0000", "salt": f"{number:032}",
                "kind": draft.kind,
            }  # fmt: skip
            header |= {"device": DEVICE} if draft.id else {}
            made.append(format.make(header, draft.body))
        return made[-1]

    say(ANN, reviews.opening("Say five", "", Target("branch", "feature"), "main", "Ann"))
    table = "0123456789abcdef M src/a.py"
    first = say(ANN, reviews.revision(ONE, BASE, "", 1, [], table)).id
    second = say(ANN, reviews.revision(TWO, BASE, "", 1, [first], table)).id
    ran = Ran(
        "0123456789abcdef", first, ONE, "builtin", ("builtin", "bandit 1.9.4"),
        ("security", "performance"), DONE, "Two things.", "comment", 0.75, ("a" * 32, "b" * 32),
        ("src/a.py",), (), {"logo.png": "binary"}, (1200, 80), 0.0125, 2.5,
    )  # fmt: skip
    say(BOT, *(makers.finding(REVIEW, one, first, ONE) for one in (FOUND, OTHER)))
    say(BOT, *makers.analysis(ran))
    say(ANN, makers.dismissal(made, "a" * 32, "false-positive", "The text is ours."))
    say(ANN, makers.dismissal(made, "a" * 32, "", off=True))
    say(ANN, makers.dismissal(made, "b" * 32, "later"))
    failed = ran._replace(run="1" * 16, revision=second, head=TWO, state=INCONCLUSIVE, found=())
    say(BOT, *makers.analysis(failed._replace(tokens=None, cost=None, confidence=None)))
    last = Ran("2" * 16, second, TWO, "builtin", ("builtin",), (), DONE, gone=("src/a.py",))
    say(BOT, *makers.analysis(last))
    return made


def segment() -> bytes:
    """Their segment."""
    blocks = "".join(map(format.block, entries()))
    return (format.preamble(REVIEW, DEVICE, 1) + blocks).encode()


def told(data: bytes) -> dict[str, object]:
    """What the entries of a segment add up to."""
    review = build([Placed(one, REVIEW, DEVICE, TEAM) for one in format.parse(data).entries])
    return {
        "findings": [
            {
                "id": one.id, "state": one.state, "life": one.life, "by": one.by,
                "finding": one.finding._replace(anchor=CODE)._asdict() | {"anchor": None},
                "anchor": one.finding.anchor.json(), "revision": one.revision,
                "dismissed": list(one.dismissed) if one.dismissed else None,
            }
            for one in review.findings
        ],
        "analyses": [list(one) for one in review.analyses],
        "status": review.status,
    }  # fmt: skip


def test_each_kind_of_entry_is_written_as_ever() -> None:
    assert segment() == (VECTORS / "finding.segment").read_bytes()


def test_what_they_add_up_to() -> None:
    known = json.loads((VECTORS / "finding.json").read_text())["review"]
    assert json.loads(json.dumps(told((VECTORS / "finding.segment").read_bytes()))) == known
    assert [one["state"] for one in known["findings"]] == ["fixed", "dismissed"]
    assert [one[7] for one in known["analyses"]] == ["done", "inconclusive", "done"]
