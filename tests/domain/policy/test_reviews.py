"""Verdicts about the entries of code reviews: who may say what there."""

from typing import Any

import pytest

from git_naturecode.domain.policy import ops

from .tables import Table, begun, said
from .test_judging import mail

ENTITY = "review-20261101-aaaaaaaa"
EARLY = "2026-11-01T00:00:00.000Z/0000"


@pytest.fixture
def review() -> Table:
    """A review that con began; all have seen it."""
    return begun(ENTITY)


OPENED = {"target": "open"}


def _reviewer(name: Any) -> dict[str, Any]:
    return {"field": "reviewers", "value": name}


@pytest.mark.parametrize(
    ("who", "kinds", "fields"),
    [
        ("con", "open", {}),
        ("dan", "revision comment verdict join leave merge link unlink", {}),
        ("con max ann", "resolve reopen", OPENED),
        ("dan", "finding analysis dismiss", {}),
        ("bot", "comment finding analysis", {}),
        ("vic", "react", {}),
        ("con", "set add remove", {"field": "labels", "value": "x"}),
        ("max", "set add remove", {"field": "labels", "value": "x"}),
        ("con", "add remove", _reviewer("dan@x.example")),
        ("dan", "add remove", _reviewer("Dan@x.example")),
        ("con", "delete edit redact", OPENED),
        ("max", "edit redact", OPENED),
        ("ann", "delete", {}),
        ("max", "novel", {}),
    ],
)
def test_what_may_be_said_in_a_review(
    review: Table, who: str, kinds: str, fields: dict[str, Any]
) -> None:
    for one in said(review, who, kinds, fields):
        assert one.state == "verified", one


@pytest.mark.parametrize(
    ("who", "kinds", "fields", "why"),
    [
        ("vic", "open revision comment verdict merge edit", {}, "needs session:edit"),
        ("vic", "finding analysis dismiss", {}, "needs session:edit"),
        ("vic", "add", _reviewer("vic@x.example"), "needs session:edit"),
        ("vic", "resolve reopen", OPENED, "needs session:edit"),
        ("bot", "open verdict resolve merge react delete", {}, "a bot may only comment"),
        ("bot", "dismiss reopen edit revision", {"target": "open"}, "a bot may only comment"),
        ("dan", "resolve reopen", OPENED, "only who began the thread or the review"),
        ("dan", "resolve", {}, "only who began the thread or the review"),
        ("dan", "set add remove", {"field": "labels", "value": "x"}, "only who began"),
        ("dan", "add remove", _reviewer("vic@x.example"), "only who began"),
        ("dan", "add", _reviewer(7), "only who began"),
        ("dan", "add", {"field": "labels", "value": "dan@x.example"}, "only who began"),
        ("dan", "set", _reviewer("dan@x.example"), "only who began"),
        ("dan", "edit redact", OPENED, "only a maintainer may"),
        ("dan", "redact", {}, "only a maintainer may"),
        ("dan", "edit", {"target": ["open"]}, "only a maintainer may"),
        ("dan max", "delete", {}, "needs session:delete"),
        ("dan", "message novel", {}, "needs a maintainer"),
    ],
)
def test_what_may_not_be_said_in_a_review(
    review: Table, who: str, kinds: str, fields: dict[str, Any], why: str
) -> None:
    for one in said(review, who, kinds, fields):
        assert why in one.why, one
        assert not one.counts, one


def test_who_may_see_nothing_reacts_to_nothing(review: Table) -> None:
    desk, devices = review
    devices["ada"].say(ops.role("member-vic", "viewer", deny=["session:view"]))
    react = desk.say(devices["vic"].see(devices["ada"]), "react", mail("vic"))
    assert desk.why(react) == "needs session:view, and a viewer has it not"


def test_a_verdict_withdrawn_after_a_demotion_says_so(review: Table) -> None:
    desk, devices = review
    devices["ada"].say(ops.role("member-dan", "viewer"))
    verdict = desk.say(devices["dan"], "verdict", mail("dan"))
    assert desk.why(verdict) == "withdrawn after demotion of dan"


def test_who_began_a_thread_settles_it(review: Table) -> None:
    desk, devices = review
    threads = {}
    for name in ("dan", "bot"):
        threads[name] = desk.say(devices[name], "comment", mail(name))
        devices["dan"].see(devices[name])
    for kind in ("resolve", "reopen"):
        own = desk.say(devices["dan"], kind, mail("dan"), target=threads["dan"].id)
        assert desk.state(own) == "verified"
        other = desk.say(devices["dan"], kind, mail("dan"), target=threads["bot"].id)
        assert desk.state(other) == "quarantined"
        owner = desk.say(devices["con"], kind, mail("con"), target=threads["bot"].id)
        assert desk.state(owner) == "verified"  # it is his review


@pytest.mark.parametrize("by", ["con", "max"])
def test_who_was_asked_to_review_settles_threads(review: Table, by: str) -> None:
    """As long as he is asked, and by what he had seen of it."""
    desk, devices = review
    before = desk.say(devices["dan"], "resolve", mail("dan"), **OPENED)
    desk.say(devices[by], "add", mail(by), **_reviewer("Dan@x.example"))
    unseen = desk.say(devices["dan"], "resolve", mail("dan"), at=EARLY, **OPENED)
    devices["dan"].see(devices[by])
    seen = desk.say(devices["dan"], "resolve", mail("dan"), at=EARLY, **OPENED)
    # That he takes himself out, or in, changes nothing of it.
    for kind in ("remove", "add"):
        desk.say(devices["dan"], kind, mail("dan"), **_reviewer("dan@x.example"))
    still = desk.say(devices["dan"], "reopen", mail("dan"), **OPENED)
    desk.say(devices[by].see(devices["dan"]), "remove", mail(by), **_reviewer("Dan@x.example"))
    after = desk.say(devices["dan"].see(devices[by]), "resolve", mail("dan"), **OPENED)
    states = [desk.state(one) for one in (before, unseen, seen, still, after)]
    assert states == ["quarantined", "quarantined", "verified", "verified", "quarantined"]


def test_nobody_makes_a_reviewer_of_himself_in_order_to_settle_threads(review: Table) -> None:
    desk, devices = review
    desk.say(devices["vic"], "add", mail("vic"), **_reviewer("dan@x.example"))  # as he may not
    desk.say(devices["dan"].see(devices["vic"]), "add", mail("dan"), **_reviewer("dan@x.example"))
    desk.say(devices["con"], "add", mail("con"), **_reviewer(7))
    desk.say(devices["con"], "add", mail("con"), **_reviewer("max@x.example"))
    desk.say(devices["con"], "add", mail("con"), field="labels", value="dan@x.example")
    desk.say(devices["con"], "set", mail("con"), **_reviewer("dan@x.example"))
    devices["dan"].see(devices["con"])
    assert desk.state(desk.say(devices["dan"], "resolve", mail("dan"), **OPENED)) == "quarantined"


def test_whom_the_team_found_asked_settles_threads(review: Table) -> None:
    """Asked before there was a team: by an inherited entry, not by his own."""
    desk, devices = review
    for by, counts in (("dan", False), ("con", True)):
        entry = desk.entry("add", mail(by), **_reviewer("dan@x.example"))
        said = desk.say(devices["dan"], "resolve", mail("dan"), **OPENED)
        found = desk.verdicts(inherited={entry.hash})
        assert found[entry.id].state == "inherited"
        assert found[said.id].counts == counts
        desk.placed = [one for one in desk.placed if one.entry not in (entry, said)]
