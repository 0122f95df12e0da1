"""Folding findings: copies are one, dismissals stay, what cannot be read is not counted down."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.findings import build, makers
from git_naturecode.domain.findings.makers import Ran
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.review import makers as reviews
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.build import build as fold
from git_naturecode.domain.review.model import Review, Target
from git_naturecode.store import format
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Placed

REVIEW, ANN, BOB = "review-20261122-k3v9q2m7", "ann@example.com", "bob@example.com"
DEVICES = {ANN: "7f3kq0abx2m4c9vd", BOB: "8f3kq0abx2m4c9vd"}
HEADS = [str(n) * 40 for n in range(1, 8)]
CODE = Anchor("a.py", "new", 5, 6, HEADS[0], "5" * 40, ("x", "y"), symbol="def f():")


def finding(name: str = "a", **more: Any) -> Finding:
    made = Finding(
        "nc/x", "high", 0.75, "It is **bad**.", CODE, None, "security", "builtin", "CWE-89",
        name * 32,
    )  # fmt: skip
    return made._replace(**more)


class Log:
    """A review of several revisions, and what was said in it."""

    def __init__(self, revisions: int = 3) -> None:
        self.entries: list[Entry] = []
        self.say(ANN, reviews.opening("T", "", Target("branch", "f"), "main", "Ann"))
        self.revisions = [
            self.say(ANN, reviews.revision(head, "0" * 40, "", 1, [], f"{'1' * 16} M a.py"))
            for head in HEADS[:revisions]
        ]

    def say(self, by: str, draft: Draft) -> Entry:
        number = len(self.entries) + 1
        device = DEVICES[by]
        header = {
            **draft.fields, "id": draft.id or f"01jd9g{number:04}000-{device}", "by": by,
            "kind": draft.kind, "at": f"2026-11-22T10:30:{number:02}.123Z/0000",
            "salt": f"{number:032}",
        }  # fmt: skip
        header |= {"device": device} if draft.id else {}
        self.entries.append(format.make(header, draft.body))
        return self.entries[-1]

    def ran(self, number: int, *found: Finding, by: str = ANN, **more: Any) -> None:
        """An analysis of revision `number` that found these."""
        entry, head = self.revisions[number - 1], HEADS[number - 1]
        for one in found:
            here = one._replace(anchor=one.anchor._replace(commit=head))
            self.say(by, makers.finding(REVIEW, here, entry.id, head))
        told = Ran(
            f"run{len(self.entries)}", entry.id, head, "builtin", ("builtin",), (), build.DONE,
            found=tuple(one.fingerprint for one in found), covered=("a.py",),
        )  # fmt: skip
        for draft in makers.analysis(told._replace(**more)):
            self.say(by, draft)

    def review(self, entries: list[Entry] | None = None) -> Review:
        """What it adds up to."""
        some = self.entries if entries is None else entries
        return fold([Placed(one, REVIEW, DEVICES[ANN], TEAM) for one in some])

    def states(self) -> dict[str, str]:
        """The state of each finding, by the first letter of its fingerprint."""
        return {one.finding.fingerprint[0]: one.state for one in self.review().findings}


def test_what_is_written_is_read() -> None:
    log = Log()
    one = finding(suggestion="z\n", severity="critical")
    log.ran(1, one, text="All in all.", assessment="approve", tokens=(5, 7), cost=0.25, took=1.24)
    review = log.review()
    (known,) = review.findings
    assert known.finding == one._replace(suggestion="z")
    assert (known.state, known.by, known.revision) == ("new", ANN, log.revisions[0].id)
    (ran,) = review.analyses
    assert (ran.text, ran.assessment, ran.tokens, ran.cost) == (
        "All in all.",
        "approve",
        (5, 7),
        0.25,
    )
    assert (ran.state, ran.found, ran.covered) == ("done", ("a" * 32,), ("a.py",))
    assert review.status == "open", "no analysis is a verdict"


def test_two_clones_that_find_the_same_have_it_once() -> None:
    log = Log()
    log.ran(1, finding())
    log.ran(1, finding(message="In other words."), by=BOB)
    assert len({e.id for e in log.entries if e.kind == "finding"}) == 1
    assert log.states() == {"a": "new"}


def test_it_is_shown_where_it_was_seen_last() -> None:
    log = Log()
    log.ran(1, finding())
    log.ran(2, finding(anchor=CODE._replace(line=15, end=16)))
    (known,) = log.review().findings
    assert (known.finding.anchor.line, known.finding.anchor.commit) == (15, HEADS[1])
    assert (known.state, known.time[:19]) == ("persisting", "2026-11-22T10:30:05")


def test_of_copies_the_worst_counts() -> None:
    log = Log()
    log.ran(1, finding())
    log.say(BOB, Draft("finding", {**log.entries[4].header, "severity": "low"}, "Nothing to see"))
    log.say(BOB, Draft("finding", {"fingerprint": "a" * 32, "severity": "odd", "revision": "?"}))
    assert [one.finding.severity for one in log.review().findings] == ["high"]


def test_over_pushes() -> None:
    log = Log(5)
    a, b = finding("a"), finding("b")
    log.ran(1, a, b)
    log.say(BOB, makers.dismissal(log.entries, "b" * 32, makers.FALSE_POSITIVE, "a test"))
    assert log.states() == {"a": "new", "b": "dismissed"}
    log.ran(2, b)
    assert log.states() == {"a": "fixed", "b": "dismissed"}
    log.ran(3, a, state=build.INCONCLUSIVE)
    assert log.states() == {"a": "reopened", "b": "dismissed"}, "it was seen there"
    log.ran(4, state=build.INCONCLUSIVE)
    assert log.states()["a"] == "reopened"
    log.ran(4)
    assert log.states() == {"a": "fixed", "b": "dismissed"}
    (b_now,) = [one for one in log.review().findings if one.dismissed]
    assert b_now.dismissed
    assert (b_now.life, b_now.dismissed.reason, b_now.dismissed.text) == (
        "fixed",
        "false-positive",
        "a test",
    )
    log.say(ANN, makers.dismissal(log.entries, "b" * 32, "", off=True))
    log.ran(5, b)
    assert log.states() == {"a": "fixed", "b": "reopened"}
    assert [one.finding.fingerprint[0] for one in log.review().live_findings] == ["b"]


def test_a_dismissal_takes_back_only_what_is_about_the_same() -> None:
    log = Log()
    log.ran(1, finding("a"), finding("b"))
    first = log.say(ANN, makers.dismissal(log.entries, "a" * 32, "later"))
    log.say(BOB, Draft("dismiss", {"target": "b" * 32, "reason": "x", "over": [first.id]}))
    assert log.states() == {"a": "dismissed", "b": "dismissed"}


def test_a_long_analysis_is_one_in_several_entries() -> None:
    log = Log()
    many = tuple(f"folder/of/many/files/{number:06}.py" for number in range(4000))
    skipped = {name + ".bin": "binary" for name in many[:100]}
    log.ran(1, finding())
    log.ran(2, covered=(*many, "a.py"), skipped=skipped, text="All.", run="x")
    written = [one for one in log.entries if one.kind == "analysis" and one.header["run"] == "x"]
    assert len(written) > 2
    assert all(len(one.line) < 60_000 for one in written)
    review = log.review()
    assert len(review.analyses) == 2
    assert (review.analyses[1].text, len(review.analyses[1].covered)) == ("All.", 4001)
    assert review.analyses[1].skipped == skipped
    assert log.states() == {"a": "fixed"}


@pytest.mark.parametrize(
    "header",
    [
        {}, {"fingerprint": "A" * 32}, {"fingerprint": ["a" * 32]}, {"fingerprint": "a" * 31},
    ],
)  # fmt: skip
def test_what_has_no_name_is_none(header: dict[str, Any]) -> None:
    log = Log()
    log.say(ANN, Draft("finding", {"severity": "high", **header}))
    assert not log.review().findings


def test_odd_values_are_read_as_the_worst() -> None:
    log = Log()
    odd = {
        "fingerprint": "a" * 32, "severity": 7, "confidence": float(2), "anchor": {"path": ""},
        "rule": 5, "cwe": "CWE-x", "aspect": None, "revision": [],
    }  # fmt: skip
    log.say(ANN, Draft("finding", odd))
    (one,) = log.review().findings
    assert one.finding[:3] == ("", "critical", 1.0)
    assert (one.finding.anchor.path, one.finding.cwe, one.state) == ("", "", "new")
    log.say(ANN, Draft("analysis", {"covered": {"a": 1}, "found": "x", "skipped": [], "cost": "1"}))
    (ran,) = log.review().analyses
    assert (ran.state, ran.found, ran.skipped, ran.cost) == ("inconclusive", (), {}, None)


acts = st.lists(
    st.tuples(
        st.sampled_from(["run", "fail", "dismiss", "undo"]), st.integers(1, 3),
        st.frozensets(st.sampled_from("abc")), st.sampled_from([ANN, BOB]),
    ),
    max_size=8,
)  # fmt: skip


@given(acts, st.randoms())
def test_whatever_happens_in_whatever_order_it_arrives(acts, random) -> None:  # type: ignore[no-untyped-def]
    log = Log()
    dismissed = set[str]()
    for act, revision, names, by in acts:
        if act in ("run", "fail"):
            state = build.DONE if act == "run" else build.INCONCLUSIVE
            log.ran(revision, *map(finding, sorted(names)), by=by, state=state)
        for name in names if act in ("dismiss", "undo") else ():
            off = act == "undo"
            log.say(by, makers.dismissal(log.entries, name * 32, "later", off=off))
            dismissed = dismissed - {name} if off else dismissed | {name}
    review = log.review()
    mixed = list(log.entries)
    random.shuffle(mixed)
    again = log.review(mixed)
    assert again.findings == review.findings
    assert again.analyses == review.analyses
    prints = [one.finding.fingerprint for one in review.findings]
    assert len(prints) == len(set(prints))
    for one in review.findings:
        assert (one.state == "dismissed") == (one.finding.fingerprint[0] in dismissed)
