"""Verdicts about the entries of code reviews: who may say what there."""

from typing import Any

import pytest

from git_naturecode.domain.policy import ops

from .test_judging import Desk, mail
from .test_standing import team
from .world import Device

ENTITY = "review-20261101-aaaaaaaa"
Table = tuple[Desk, dict[str, Device]]


@pytest.fixture
def review() -> Table:
    """A review that con began; all have seen it."""
    world, devices = team("ann:admin", "max:maintainer", "con", "dan", "vic:viewer", "bot:bot")
    desk = Desk(world, ENTITY)
    desk.say(devices["con"], "open", mail("con"), name="open")
    for device in devices.values():
        device.see(devices["con"])
    return desk, devices


OPENED = {"target": "open"}


def _reviewer(name: Any) -> dict[str, Any]:
    return {"field": "reviewers", "value": name}


@pytest.mark.parametrize(
    ("who", "kinds", "fields"),
    [
        ("con", "open", {}),
        ("dan", "revision comment verdict join leave resolve reopen merge link unlink", {}),
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
    desk, devices = review
    for kind in kinds.split():
        entry = desk.say(devices[who], kind, mail(who), **fields)
        assert desk.state(entry) == "verified", kind


@pytest.mark.parametrize(
    ("who", "kinds", "fields", "why"),
    [
        ("vic", "open revision comment verdict merge edit", {}, "needs session:edit"),
        ("vic", "finding analysis dismiss", {}, "needs session:edit"),
        ("vic", "add", _reviewer("vic@x.example"), "needs session:edit"),
        ("bot", "open verdict resolve merge react delete", {}, "a bot may only comment"),
        ("bot", "dismiss reopen edit revision", {"target": "open"}, "a bot may only comment"),
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
    desk, devices = review
    for name in who.split():
        for kind in kinds.split():
            entry = desk.say(devices[name], kind, mail(name), **fields)
            assert why in desk.why(entry), (name, kind)
            assert not desk.verdicts()[entry.id].counts, (name, kind)


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
