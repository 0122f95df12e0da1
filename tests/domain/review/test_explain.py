"""Whether a review may be merged: each rule held and broken, one at a time."""

from typing import Any

import pytest

from git_naturecode.domain.review import owners
from git_naturecode.domain.review.circle import Circle, Person
from git_naturecode.domain.review.explain import (
    Check,
    Facts,
    Reason,
    allowed,
    approvers,
    explain,
)
from git_naturecode.domain.review.keeping import Kept, Row
from git_naturecode.domain.review.model import Comment, Given, Review, Reviewer, Thread
from git_naturecode.domain.review.rules import Rule, Rules
from git_naturecode.store.judged import Mark

ADA, BEN, EVE, BOT, VIC = (f"{name}@x" for name in ("ada", "ben", "eve", "bot", "vic"))
CREW = Circle(
    [
        Person(ADA, "Ada", frozenset({ADA, "ada@home"}), frozenset({"core"}), "maintainer"),
        Person(BEN, "Ben", frozenset({BEN}), frozenset({"core"}), "contributor"),
        Person(EVE, "Eve", frozenset({EVE}), frozenset(), "contributor"),
        Person(BOT, "Bot", frozenset({BOT}), frozenset(), "bot"),
        Person(VIC, "Vic", frozenset({VIC}), frozenset(), "viewer"),
    ],
    {"core": "Core"},
    is_team=True,
)
FILES = ("docs/a.md", "src/b.py")
ROWS = tuple(Row("0" * 16, "M", path) for path in FILES)


def said(by: str, value: str = "approve", **more: Any) -> Given:
    return Given(f"v-{by}", by, "", value, "", "r", "h", "b", "d", **more)


def review(*given: Given, **more: Any) -> Review:
    made = Review("review-20261126-abcdefgh")
    made.owner, made.base = EVE, "main"
    made.reviewers = [Reviewer(one.by, verdict=one) for one in given]
    for name, value in more.items():
        setattr(made, name, value)
    return made


def facts(*rules: Rule, **more: Any) -> Facts:
    every = {
        f"v-{who}": Kept("current", (), FILES) for who in (ADA, BEN, EVE, BOT, VIC, "ada@home")
    }
    kept = {**every, **more.pop("kept", {})}
    found = {"rules": Rules(rules, True)} if rules else {}
    return Facts(**{"rows": ROWS, "circle": CREW, "kept": kept, **found, **more})


def wrong(made: Review, told: Facts) -> list[tuple[str, str]]:
    """Rule and words of what does not hold; each has a next step."""
    reasons = explain(made, told)
    assert all(one.hint for one in reasons if not one.ok and one.rule != "ci")
    return [(one.rule, one.text) for one in reasons if not one.ok]


def test_without_rules_one_approval_is_enough() -> None:
    assert wrong(review(), facts()) == [("approvals", "0 of 1 approval")]
    assert wrong(review(said(ADA)), facts()) == []


@pytest.mark.parametrize(
    "given",
    [
        said(EVE),  # who began it
        said(BOT),
        said(VIC),
        said("stranger@x"),
        said(ADA, draft=True),
        said(ADA, imported=True),
        said(ADA, standing=Mark("quarantined")),
    ],
    ids=lambda one: one.by,
)
def test_an_approval_that_does_not_count(given: Given) -> None:
    assert wrong(review(given), facts()) == [("approvals", "0 of 1 approval")]


def test_who_asks_for_changes_stops_it_and_who_may_not_does_not() -> None:
    assert wrong(review(said(ADA), said(BEN, "reject")), facts()) == [
        ("rejected", "Ben asks for changes")
    ]
    assert wrong(review(said(ADA), said(VIC, "reject"), said(EVE, "reject")), facts()) == []


def test_a_required_reviewer_has_to_approve() -> None:
    made = review(said(ADA))
    made.reviewers.append(Reviewer(BEN, required=True))
    assert wrong(made, facts()) == [("required", "Ben has to approve")]
    made.reviewers[-1] = Reviewer(BEN, required=True, verdict=said(BEN))
    assert wrong(made, facts()) == []


def test_one_person_with_two_addresses_approves_once() -> None:
    two = Rule(approvals=2)
    assert wrong(review(said(ADA), said("ada@home")), facts(two)) == [
        ("approvals", "1 of 2 approvals (Ada)")
    ]
    assert wrong(review(said(ADA), said(BEN)), facts(two)) == []


def test_it_says_which_files_an_approval_has_lost() -> None:
    part = {f"v-{ADA}": Kept("partial", ("src/b.py",), ("docs/a.md",))}
    assert wrong(review(said(ADA)), facts(kept=part)) == [
        ("approvals", "0 of 1 approval; Ada approved before src/b.py changed")
    ]
    # What a rule about other files asks for, it still gives.
    assert wrong(review(said(ADA)), facts(Rule(paths=("docs/",), approvals=1), kept=part)) == []
    some = {f"v-{ADA}": Kept("current", (), ("docs/a.md",))}
    assert wrong(review(said(ADA, files=("docs/a.md",))), facts(kept=some)) == [
        ("approvals", "0 of 1 approval; Ada approved only docs/a.md")
    ]
    assert approvers(review(said(ADA)), facts(kept=part)) == []
    assert approvers(review(said(ADA)), facts()) == [said(ADA)]


def test_a_verdict_of_which_nothing_is_known_is_stale() -> None:
    made = review(said(ADA)._replace(id="unknown"))
    assert wrong(made, facts())[0][1].startswith("0 of 1 approval; Ada approved before docs/a.md")


def test_a_rule_speaks_of_its_files_and_of_what_is_moved_away() -> None:
    strict = Rule(paths=("secret/**",), approvals=2)
    assert wrong(review(said(ADA)), facts(strict)) == []
    moved = (Row("0" * 16, "R", "src/b.py", "secret/b.py"),)
    assert wrong(review(said(ADA)), facts(strict, rows=moved)) == [
        ("approvals", "1 of 2 approvals for secret/** (Ada)")
    ]


def test_people_and_teams_that_the_rules_name() -> None:
    rule = Rule(required=("core", BEN))
    assert [text for _, text in wrong(review(), facts(rule))] == [
        "core has to approve", "Ben has to approve",
    ]  # fmt: skip
    assert [text for _, text in wrong(review(said(ADA)), facts(rule))] == ["Ben has to approve"]
    assert wrong(review(said(BEN)), facts(rule)) == []
    assert (
        "nobody who may approve is called so" in wrong(review(), facts(Rule(required=("x",))))[0][1]
    )


def test_who_wrote_a_commit_has_no_say_where_the_rules_say_so() -> None:
    told = {"authors": frozenset({"ADA@HOME"})}
    assert wrong(review(said(ADA)), facts(Rule(approvals=1), **told)) == []
    assert wrong(review(said(ADA)), facts(Rule(approvals=1, own=False), **told)) == [
        ("approvals", "0 of 1 approval; Ada wrote a part of it")
    ]


def test_each_file_needs_an_owner() -> None:
    rule = Rule(owners=True)
    found = owners.parse("docs/ @ada\nsrc/ @ben @ada\n")
    assert "no CODEOWNERS" in wrong(review(), facts(rule))[0][1]
    told = {"owners": found}
    assert [text for _, text in wrong(review(), facts(rule, **told))] == [
        "@ada has to approve docs/a.md (CODEOWNERS:1)",
        "@ben or @ada has to approve src/b.py (CODEOWNERS:2)",
    ]
    assert [text for _, text in wrong(review(said(BEN)), facts(rule, **told))] == [
        "@ada has to approve docs/a.md (CODEOWNERS:1)"
    ]
    assert wrong(review(said(ADA)), facts(rule, **told)) == []
    part = {f"v-{ADA}": Kept("partial", ("src/b.py",), ("docs/a.md",))}
    assert wrong(review(said(ADA)), facts(rule, kept=part, **told)) == [
        ("owners", "@ben or @ada has to approve src/b.py (CODEOWNERS:2)")
    ]


def test_owners_of_sections_and_of_nobody() -> None:
    rule = Rule(owners=True)
    two = owners.parse("[Core][2] @core\nsrc/\n^[Nice] @ben\ndocs/\n")
    assert wrong(review(said(ADA)), facts(rule, owners=two)) == [
        ("owners", "2 of @core has to approve src/b.py (CODEOWNERS:2 [Core])")
    ]
    assert wrong(review(said(ADA), said(BEN)), facts(rule, owners=two)) == []
    own = owners.parse("src/ @eve\n")  # the only owner began the review
    assert "not enough people" in wrong(review(said(ADA)), facts(rule, owners=own))[0][1]
    moved = (Row("0" * 16, "R", "new/b.py", "src/b.py"),)
    kept = {f"v-{BEN}": Kept("current", (), ("new/b.py",))}
    away = owners.parse("src/ @ada\n")
    assert wrong(review(said(BEN)), facts(rule, owners=away, rows=moved, kept=kept)) == [
        ("owners", "@ada has to approve new/b.py (CODEOWNERS:1)")
    ]


def test_threads_findings_and_checks() -> None:
    thread = Thread((Comment("c1", ADA, "", "why?"),))
    rule = Rule(resolved=True, findings="high", ci=("build", "test"))
    made = review(threads=[thread])
    told = facts(
        rule, findings={"medium": 4, "high": 1, "critical": 2},
        ci={"build": Check("success"), "test": Check("failure", "https://ci/1")},
    )  # fmt: skip
    assert wrong(made, told) == [
        ("resolved", "1 thread is open"),
        ("findings", "findings are open: 2 critical, 1 high"),
        ("ci", "test says failure"),
    ]
    assert wrong(made, facts(Rule(ci=("test",)))) == [
        ("ci", "test has said nothing of this head yet")
    ]
    made.threads = [thread._replace(resolved=True)]
    good = facts(
        rule, findings={"medium": 4}, ci=dict.fromkeys(("build", "test"), Check("success"))
    )
    assert wrong(made, good) == []


@pytest.mark.parametrize(
    ("rules", "merges", "ways"),
    [
        ([], 0, ("merge", "squash", "rebase", "ff")),
        ([], 1, ("merge", "squash", "ff")),
        ([Rule(linear=True)], 0, ("squash", "rebase", "ff")),
        ([Rule(linear=True)], 2, ("squash",)),
        (
            [Rule(strategies=("rebase", "squash")), Rule(strategies=("squash", "ff"))],
            0,
            ("squash",),
        ),
        ([Rule(strategies=("rebase", "ff")), Rule(linear=True)], 1, ()),
    ],
)
def test_the_ways_that_rules_leave(rules: list[Rule], merges: int, ways: tuple[str, ...]) -> None:
    assert allowed(rules, merges) == ways
    found = wrong(review(said(ADA), said(BEN)), facts(*rules, merges=merges) if rules else facts())
    assert (("strategies", "the rules leave no way to merge it") in found) == (not ways)


def test_rules_that_nobody_understands_stop_it() -> None:
    told = facts()._replace(rules=Rules((), True, "rule 1: unknown key 'x'"))
    assert [rule for rule, _ in wrong(review(said(ADA)), told)] == ["rules"]


def test_what_git_says_comes_first() -> None:
    state = Reason(False, "state", "feature has moved on", "look")
    assert explain(review(said(ADA)), facts(state=(state,)))[0] == state
