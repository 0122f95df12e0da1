"""Whose word counts in the review of an enforced team: who settles threads, who has gone, who is
somebody twice, who is of another team's clone."""

import json
from typing import Any

import pytest

from box import Box
from security.test_reviews import NOBODY, Crew


@pytest.fixture
def crew(box: Box) -> Crew:
    """Ada, who founded the team; Ben, who began the review; Cy, a contributor; Vic, a bot, Eve."""
    return box.scene("a crew under review", lambda: Crew(box))


def resolved(crew: Crew, name: str = "ada") -> list[bool]:
    """Which threads are resolved, as somebody sees it after a sync."""
    crew.sync(name)
    shown: Any = crew.of[name].nc("review", "show", crew.review, "--json").json
    return [one["resolved"] for one in shown["comments"]]


def test_who_settles_a_thread(crew: Crew) -> None:
    """Who began it, or the review, or was asked by another to look; nobody else who contributes."""
    ben, cy, ada = (crew.of[name] for name in ("ben", "cy", "ada"))
    for name in ("ben", "cy", "bot"):
        crew.of[name].nc("review", "comment", crew.review, "-m", f"of {name}")
        crew.sync(name, "ben", "cy")
    said = cy.nc("review", "resolve", crew.review, "t1", code=5)
    assert "only who began the thread or the review" in said.err
    cy.nc("review", "reply", crew.review, "t1", "done")
    cy.nc("review", "resolve", crew.review, "t2")
    crew.sync("cy")
    assert resolved(crew) == [False, True, False]
    cy.nc("review", "join", crew.review)
    crew.sync("cy")
    cy.nc("review", "resolve", crew.review, "t1", code=5)
    ben.nc("review", "set", crew.review, "--ask", "cy@example.com")
    crew.sync("ben", "cy")
    cy.nc("review", "resolve", crew.review, "t1")
    ben.nc("review", "resolve", crew.review, "t3")
    crew.sync("cy", "ben")
    assert resolved(crew) == [True, True, True]
    ada.nc("review", "reopen", crew.review, "t2")
    crew.sync("ada")
    assert resolved(crew, "vic") == [True, False, True]


def test_threads_settled_by_hand(crew: Crew) -> None:
    """That he asks himself first makes it no better, nor that it is said to be by another."""
    crew.of["ben"].nc("review", "comment", crew.review, "-m", "Why?")
    crew.sync("ben", "ada")
    thread = crew.entries("comment")[0].id
    for name, by in (("cy", "cy"), ("cy", "ben"), ("vic", "vic"), ("bot", "bot"), ("eve", "ben")):
        crew.signed(name, "add", by, field="reviewers", value=f"{name}@example.com")
        crew.signed(name, "resolve", by, target=thread, over=[], seen=[])
    assert resolved(crew) == [False]


def test_an_approval_before_its_author_left_and_after(crew: Crew) -> None:
    """What the removal had seen stays said; what it had not seen counts for nothing."""
    cy, ada = crew.of["cy"], crew.of["ada"]
    cy.nc("review", "approve", crew.review)
    crew.sync("cy", "ada")
    assert crew.missing() == []
    ada.nc("team", "remove", "cy@example.com")
    crew.sync("ada")
    assert any(NOBODY in one for one in crew.missing())
    crew.not_merged(NOBODY)


def test_an_approval_that_a_removal_had_not_seen(crew: Crew) -> None:
    cy, ada = crew.of["cy"], crew.of["ada"]
    cy.nc("review", "approve", crew.review)
    ada.nc("team", "remove", "cy@example.com")
    ada.nc("sync")
    crew.sync("cy")
    crew.not_merged(NOBODY)
    shown = json.loads(ada.tried("review", "show", crew.review, "--json").out)
    assert shown["status"] != "approved"


def test_an_approval_by_a_device_that_is_revoked(crew: Crew) -> None:
    cy, ada = crew.of["cy"], crew.of["ada"]
    device = json.loads((cy.path / ".git/naturecode/device").read_text())["device"]
    ada.nc("device", "revoke", device, "--yes")
    ada.nc("sync")
    said = cy.tried("review", "approve", crew.review)
    crew.sync("cy")
    again = cy.tried("review", "approve", crew.review)
    assert again.code == 5, again.err
    crew.not_merged(NOBODY)
    assert said.code in (0, 5)


def test_one_person_under_two_addresses_approves_once(crew: Crew) -> None:
    ada, cy = crew.of["ada"], crew.of["cy"]
    commit = ada.git("rev-parse", "main").strip()
    rules = ada.path / ".naturecode/review.yml"
    rules.parent.mkdir(exist_ok=True)
    rules.write_text("version: 1\nrules: [{approvals: 2}]\n")
    ada.git("add", "-f", ".naturecode/review.yml")
    ada.git("commit", "-q", "-m", "Two approvals")
    ada.git("push", "-q", "origin", "HEAD:main")
    assert commit != ada.git("rev-parse", "main").strip()
    cy.nc("review", "approve", crew.review)
    crew.sync("cy")
    about = crew.about(crew.good)
    for by in ("cy+work@example.com", "CY@example.com", "cy@home.example"):
        crew.signed("cy", "verdict", by.removesuffix("@example.com"), **about)
    crew.not_merged("1 of 2 approvals")


def test_an_approval_from_a_fork_with_a_team_of_its_own(crew: Crew) -> None:
    """Whoever takes a copy of all, founds a team there and pushes what he said in it."""
    eve = crew.of["eve"]
    crew.signed("eve", "verdict", "cy", **crew.about(crew.good))
    crew.signed("eve", "verdict", "eve", **crew.about(crew.good))
    founded = eve.tried("team", "create", "Mine")
    crew.sync("eve")
    assert founded.code != 0 or eve.tried("review", "approve", crew.review).code
    crew.not_merged(NOBODY)


def test_who_comes_later_does_not_bring_his_earlier_word_along(crew: Crew) -> None:
    """What somebody signed before he was a member is shown as unverified, and approves nothing."""
    eve, ada = crew.of["eve"], crew.of["ada"]
    assert eve.tried("review", "approve", crew.review).code == 5
    crew.sync("eve")
    crew.of["who will be eve"] = eve
    crew.signed("who will be eve", "verdict", "eve", **crew.about(crew.good))
    crew.sync("eve")
    said = ada.nc("team", "add", "eve@example.com", "--role", "contributor", "--json").json
    crew.sync("ada", "eve")
    eve.nc("team", "join", said["code"])
    crew.sync("eve")
    crew.not_merged(NOBODY)
    eve.nc("review", "approve", crew.review)
    crew.sync("eve")
    assert crew.missing() == []
