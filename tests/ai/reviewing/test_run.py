"""An analysis compared with what is known: what is news, what a model only says in other words."""

from collections.abc import Sequence

from git_naturecode.ai.reviewing import run
from git_naturecode.ai.reviewing.run import Outcome, Places, Written
from git_naturecode.domain.findings.build import Dismissal, Tracked
from git_naturecode.domain.findings.hit import Seen
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.review.following import EDITED, GONE, MOVED, SAME, Place
from git_naturecode.domain.review.model import Review, Revision
from git_naturecode.store.entry import Draft

from .scripted import HEAD, assistant, change, in_turn, issue, review, sure
from .test_consensus import Fixed

OLD = "".join(f"line {n}\n" for n in range(1, 21))
NEW = OLD.replace("line 5\n", "run(x)\nrun(y)\n")
CHANGE = change({"a.py": (OLD, NEW)})
THEN = Revision("r1", 1, "3" * 40, "", "", "", "", 1, "")
NOW = Revision("r2", 2, HEAD, "", "", "", "", 1, "")


def known(finding: Finding, *, dismissed: bool = False, revision: str = "r1") -> Tracked:
    out = Dismissal("bob", "", "later") if dismissed else None
    state = "dismissed" if dismissed else "new"
    return Tracked("id", finding, state, "new", "ann", "", "", revision, out)


def of(*tracked: Tracked) -> Review:
    found = Review("review-20261122-k3v9q2m7")
    found.revisions, found.findings = [THEN, NOW], list(tracked)
    return found


def looked(answers: Sequence[str], before: Review, places: Places) -> Outcome:
    return run.run(before, CHANGE, [assistant(in_turn(*answers))], places)


def first() -> Finding:
    outcome = looked([review(issue("a.py", 5)), sure(1)], of(), {})
    return outcome.findings[0]


def drafts(outcome: Outcome, before: Review, places: Places) -> list[Draft]:
    about = Written(before, "r2", HEAD, "1" * 16, "openai:scripted", CHANGE.aspects)
    return run.drafts(outcome, about, places, list)


ONE = first()
NAME = ONE.fingerprint
HERE = Place(SAME, "a.py", 5, 5, "diff", 1.0)
SILENT = [review()]


def test_what_is_new_is_written_down_and_what_is_known_is_not() -> None:
    outcome = looked([review(issue("a.py", 5)), sure(1)], of(), {})
    kinds = [one.kind for one in drafts(outcome, of(), {})]
    assert kinds == ["finding", "analysis"]
    before = of(known(ONE))
    again = looked([review(issue("a.py", 5, "Otherwise said.")), sure(1)], before, {NAME: HERE})
    assert [one.fingerprint for one in again.findings] == [NAME]
    made = drafts(again, before, {NAME: HERE})
    assert [one.kind for one in made] == ["analysis"]
    assert made[0].fields["found"] == [NAME]


def test_it_is_written_again_where_following_its_lines_leads_elsewhere() -> None:
    before = of(known(ONE))
    for place in (Place(GONE), Place(MOVED, "a.py", 9, 9, "diff", 1.0)):
        outcome = looked([review(issue("a.py", 5)), sure(1)], before, {NAME: place})
        assert outcome.findings[0].fingerprint == NAME
        assert [one.kind for one in drafts(outcome, before, {NAME: place})] == [
            "finding",
            "analysis",
        ]
    same = of(known(ONE, revision="r2"))
    outcome = looked([review(issue("a.py", 5)), sure(1)], same, {})
    assert [one.kind for one in drafts(outcome, same, {})] == ["analysis"], "in one state once"


def test_a_model_that_cites_one_line_more_means_the_same() -> None:
    before = of(known(ONE))
    said = [review(issue("a.py", 5, endLine=6)), sure(1)]
    assert looked(said, before, {NAME: HERE}).findings[0].fingerprint == NAME
    elsewhere = [review(issue("a.py", 8)), sure(1)]
    assert looked(elsewhere, before, {NAME: HERE}).findings[0].fingerprint != NAME


def test_a_dismissal_holds_for_lines_that_are_as_they_were() -> None:
    before = of(known(ONE, dismissed=True))
    said = [review(issue("a.py", 5, endLine=6)), sure(1)]
    assert looked(said, before, {NAME: HERE}).findings[0].fingerprint == NAME
    edited = HERE._replace(state=EDITED)
    assert looked(said, before, {NAME: edited}).findings[0].fingerprint != NAME


def test_a_model_that_is_silent_mends_nothing() -> None:
    before = of(known(ONE))
    outcome = looked(SILENT, before, {NAME: HERE})
    assert [one.finding.fingerprint for one in outcome.carried] == [NAME]
    (analysis,) = drafts(outcome, before, {NAME: HERE})
    assert analysis.fields["found"] == [NAME]


def test_what_was_touched_or_is_shown_no_more_is_not_carried_on() -> None:
    before = of(known(ONE))
    for place in (HERE._replace(state=EDITED), Place(GONE), HERE._replace(line=15, end=15)):
        assert not looked(SILENT, before, {NAME: place}).carried
    rules = known(ONE._replace(source="builtin"))
    assert not looked(SILENT, of(rules), {NAME: HERE}).carried, "rules say the same each time"


def test_a_file_is_covered_when_each_hunk_of_it_was_seen() -> None:
    far = change({"a.py": (OLD, NEW.replace("line 18\n", "")), "b.py": (None, "x\n")})
    seen = Seen((), frozenset({("a.py", 1), ("b.py", 1)}))
    outcome = run.run(of(), far, [Fixed("rules", seen)], {})
    assert outcome.coverage.files == ("b.py",)
    assert outcome.coverage.skipped == {"a.py": "not all of it was looked at"}
    assert (outcome.coverage.hunks, outcome.coverage.of_hunks) == (2, 3)


def test_files_that_the_change_leaves_alone_are_told() -> None:
    gone = known(ONE._replace(anchor=ONE.anchor._replace(path="other.py"), fingerprint="e" * 32))
    outcome = looked(SILENT, of(gone), {})
    (analysis,) = drafts(outcome, of(gone), {})
    assert (analysis.fields["covered"], analysis.fields["gone"]) == (["a.py"], ["other.py"])


def test_what_is_inconclusive_adds_no_finding() -> None:
    outcome = looked([review(issue("a.py", 5)), sure(1)], of(), {})
    failed = outcome._replace(seen=outcome.seen._replace(inconclusive="down"))
    (analysis,) = drafts(failed, of(), {})
    assert (analysis.fields["state"], "found" in analysis.fields) == ("inconclusive", False)
    assert analysis.body == "It changes things."


def test_a_quoted_line_with_a_secret_is_left_to_the_commit() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    where = ONE.anchor._replace(text=(f"key = '{key}'",))
    found = ONE._replace(anchor=where, message=f"It is {key}.", suggestion=key)

    def clean(lines: Sequence[str]) -> list[str]:
        return [one.replace(key, "[REDACTED:aws:1]") for one in lines]

    made = run.cleaned(found, clean)
    assert (made.anchor.text, made.anchor.line, made.anchor.commit) == ((), 5, HEAD)
    assert (made.message, made.suggestion) == ("It is [REDACTED:aws:1].", None)
    assert run.cleaned(ONE, clean) == ONE
