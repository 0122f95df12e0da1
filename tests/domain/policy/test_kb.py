"""Verdicts about the entries of articles of the knowledge base: who may say what there."""

from typing import Any

import pytest

from git_naturecode.domain.policy import ops

from .tables import Table, begun, said
from .test_judging import Desk, mail
from .test_standing import team

ENTITY = "kb-20261101-aaaaaaaa"
OPENED = {"target": "open"}


@pytest.fixture
def article() -> Table:
    """An article that con began; all have seen it."""
    return begun(ENTITY)


@pytest.mark.parametrize(
    ("who", "kinds", "fields"),
    [
        ("con dan max ann", "revision rename set add remove link unlink file comment", {}),
        ("con dan max ann vic", "vote view react", {}),
        ("bot", "view", {}),
        ("con max ann", "redact edit", OPENED),
        ("con ann", "delete", {}),
        ("max ann", "novel", {}),
    ],
)
def test_what_may_be_said_of_an_article(
    article: Table, who: str, kinds: str, fields: dict[str, Any]
) -> None:
    for one in said(article, who, kinds, fields):
        assert one.state == "verified", one


@pytest.mark.parametrize(
    ("who", "kinds", "fields", "why"),
    [
        ("vic", "open revision rename set add remove link unlink file comment", {},
         "needs kb:edit, and a viewer has it not"),
        ("vic", "redact edit novel", OPENED, "needs kb:edit, and a viewer has it not"),
        ("vic", "delete", {}, "needs kb:delete, and a viewer has it not"),
        ("bot", "revision rename delete link", {}, "and a bot has it not"),
        ("bot", "vote react", {}, "a bot has no opinion of an article"),
        ("dan", "delete", {}, "needs kb:delete, and a contributor has it not"),
        ("max", "delete", {}, "needs kb:delete, and a maintainer has it not"),
        ("dan", "redact edit", OPENED, "only a maintainer may"),
        ("dan", "redact", {}, "only a maintainer may redact what another wrote"),
        ("dan", "novel", {}, "'novel' needs a maintainer"),
    ],
)  # fmt: skip
def test_what_may_not_be_said_of_an_article(
    article: Table, who: str, kinds: str, fields: dict[str, Any], why: str
) -> None:
    for one in said(article, who, kinds, fields):
        assert one.state == "quarantined", one
        assert why in one.why, one


def _told(who: str, role: str, **more: Any) -> Table:
    world, devices = team("ann:admin", "con", who)
    desk = Desk(world, ENTITY)
    desk.say(devices["con"], "open", mail("con"), name="open")
    devices["ann"].say(ops.role(f"member-{who.partition(':')[0]}", role, **more))
    for device in devices.values():
        device.see(devices["con"])
        device.see(devices["ann"])
    return desk, devices


def test_a_bot_that_was_allowed_to_writes_articles_and_deletes_none() -> None:
    desk, devices = _told("bot:bot", "bot", allow=["kb:edit"])
    for kind in ("open", "revision", "link"):
        entry = desk.say(devices["bot"], kind, mail("bot"), name=f"by-bot-{kind}")
        # Somebody else has begun it, which a second `open` does not change.
        assert desk.state(entry) == ("quarantined" if kind == "open" else "verified"), kind
    for kind in ("delete", "vote", "novel"):
        assert desk.state(desk.say(devices["bot"], kind, mail("bot"))) == "quarantined"


def test_who_was_denied_to_read_does_not_vote_and_who_was_denied_to_edit_deletes_nothing() -> None:
    desk, devices = _told("dan", "contributor", deny=["kb:view"])
    for kind in ("vote", "view", "react"):
        assert desk.state(desk.say(devices["dan"], kind, mail("dan"))) == "quarantined", kind
    desk, devices = _told("dan", "contributor", deny=["kb:edit"])
    own = desk.say(devices["dan"], "delete", mail("dan"))
    assert desk.state(own) == "quarantined"


def test_who_began_it_deletes_it_as_long_as_he_may_edit() -> None:
    world, devices = team("ann:admin", "con")
    desk = Desk(world, ENTITY)
    desk.say(devices["con"], "open", mail("con"), name="open")
    devices["ann"].see(devices["con"])
    devices["ann"].say(ops.role("member-con", "contributor", deny=["kb:edit"]))
    devices["con"].see(devices["ann"])
    entry = desk.say(devices["con"], "delete", mail("con"))
    assert desk.state(entry) == "quarantined"
    assert "needs kb:delete" in desk.why(entry)


def test_an_edit_of_a_web_page_waits_until_somebody_takes_it_in(article: Table) -> None:
    desk, _ = article
    edit = desk.entry("revision", "someone@web.example")
    assert desk.state(edit) == "quarantined"
    assert desk.why(edit) == "no member has signed it"
