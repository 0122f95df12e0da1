"""Attacks on code review: approvals that nobody gave, made to count for code that nobody saw.

With the real program where it lets one, else by plain git, signed with the key of whoever attacks;
what Ada, an admin, is told and may merge is what is judged.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode.git import patches
from policy_oracle import wire
from reviewing.made import LINES, commit
from security.thief import Thief, admit, stolen

EVIL = LINES.replace("\n20\n", "\nrm -rf /\n")
GOOD = LINES.replace("\n20\n", "\ntwenty\n")
ROLES = {"ben": "contributor", "cy": "contributor", "vic": "viewer", "bot": "bot"}


class Crew:
    """Ada, who founded the team and merges; Ben, who begins a review of branch `feature`; Cy, a
    contributor; Vic, who may look; a bot; Eve, who may push and is nobody."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.hub = box.remote()
        self.of = {name: box.person(self.hub, name) for name in ("ada", *ROLES, "eve")}
        ada, ben = self.of["ada"], self.of["ben"]
        ada.nc("team", "create", "Core")
        for name, role in ROLES.items():
            admit(ada, self.of[name], role)
        commit(ada, {"f": LINES, "g": LINES})
        ada.git("push", "-q", "origin", "HEAD:main")
        ben.git("pull", "-q", "origin", "main")
        ben.git("checkout", "-q", "-b", "feature")
        self.good = self.push(GOOD)
        self.review = ben.nc("review", "start").out.strip()
        self.sync("ben", *self.of)

    def push(self, text: str, *options: str) -> str:
        """Ben pushes a state of the branch; its head."""
        ben = self.of["ben"]
        head = commit(ben, {"f": text})
        ben.git("push", "-q", *options, "origin", "feature")
        return head

    def sync(self, *names: str) -> None:
        """Have some of them get all, code too, whatever they are told."""
        for name in names:
            clone = self.of[name]
            clone.tried("sync")
            clone.git("fetch", "-q")
            clone.git("branch", "-q", "-f", "feature", "origin/feature", check=False)
        self.of["ada"].git("checkout", "-q", "main", check=False)

    def signed(self, name: str, kind: str, by: str = "", body: str = "", **more: Any) -> str:
        """An entry of the review, made by hand and signed with the key of `name`; its id."""
        thief = Thief(self.of["eve"])
        device = wire.device("eve's own") if name == "eve" else stolen(self.of[name])
        said = thief.entry(
            self.review, device.id, f"{by or name}@example.com", body, kind, **more
        )  # fmt: skip
        own: Sequence[wire.Op] = (
            [{"op": "device", "seal": device.seal, "label": name}] if name == "eve" else []
        )
        sign = {"op": "sign", "entity": self.review, "names": [list(said)]}
        thief.line(device, *own, sign, deps=thief.seen(device.id))
        thief.push()
        return said[0]

    def table(self, head: str) -> tuple[str, str]:
        """The true file table of a state of the branch, and where it begins."""
        ben = self.of["ben"]
        base = ben.git("merge-base", "origin/main", head).strip()
        with ben.store() as store:
            return patches.table(store.repo, base, head).text, base

    def about(self, head: str) -> dict[str, str]:
        """What the header of a true verdict says of a state."""
        table, base = self.table(head)
        digest = hashlib.sha256(table.encode()).hexdigest()
        return {"head": head, "base": base, "digest": digest, "value": "approve"}

    def entries(self, kind: str) -> list[Any]:
        """The entries of the review of one kind, as Ada's clone has them."""
        with self.of["ada"].store() as store:
            found = store.read(self.review.rpartition("-")[2], "review")
        return [one.entry for one in found if one.entry.kind == kind]

    def missing(self) -> list[str]:
        """What Ada is told that is missing."""
        self.sync("ada")
        said = self.of["ada"].tried("review", "explain", self.review, "--json").out
        return [one["text"] for one in json.loads(said)["reasons"] if not one["ok"]]

    def not_merged(self, *missing: str) -> None:
        """Ada is told that all this is missing, and cannot merge."""
        told = self.missing()
        for one in missing:
            assert any(one in text for text in told), told
        ada = self.of["ada"]
        before = ada.git("rev-parse", "main")
        assert ada.tried("review", "merge", self.review).code in (1, 5)
        assert ada.git("rev-parse", "main") == before
        self.not_approved()

    def not_approved(self) -> None:
        """Nor does anything else that Ada reads say that it is approved."""
        ada = self.of["ada"]
        shown = ada.nc("review", "show", self.review, "--json").json
        assert (shown["canMerge"], shown["status"] == "approved") == (False, False)
        first = ada.nc("review", "show", self.review).out.split("\n")[1]
        listed = ada.nc("review", "list", "--all").out
        assert "approved" not in first + listed
        assert self.review not in str(ada.nc("review", "list", "--status", "approved", "--json"))

    def standing(self, name: str) -> str:
        """What is left of somebody's verdict, as Ada reads it."""
        shown = self.of["ada"].nc("review", "show", self.review, "--json").json
        (one,) = (r for r in shown["reviewers"] if r["userId"] == f"{name}@example.com")
        return str(one["verdict"]["standing"])


@pytest.fixture
def crew(box: Box) -> Crew:
    """All of them, in step."""
    return box.scene("a crew under review", lambda: Crew(box))


NOBODY = "0 of 1 approval"


def test_who_may_not_approve_is_told_so(crew: Crew) -> None:
    for name in ("vic", "bot", "ben", "eve"):
        said = crew.of[name].tried("review", "approve", crew.review)
        assert said.code == 5, (name, said.err)
    for name in ("vic", "bot", "eve"):
        assert crew.of[name].tried("review", "merge", crew.review).code == 5
    crew.not_merged(NOBODY)


def test_the_program_gives_no_word_in_the_name_of_another(crew: Crew) -> None:
    cy = crew.of["cy"]
    cy.env["GIT_AUTHOR_EMAIL"] = "ada@example.com"
    assert cy.tried("review", "approve", crew.review).code == 5
    cy.tried("sync")
    crew.not_merged(NOBODY)


def test_approvals_by_hand(crew: Crew) -> None:
    """Of a stranger, of who may only look, of a bot, of one's own change; in others' names."""
    about = crew.about(crew.good)
    for name, by in (
        ("eve", "cy"), ("vic", "vic"), ("bot", "bot"), ("ben", "ben"), ("ben", "cy"),
        ("ben", "ben+2"),
    ):  # fmt: skip
        crew.signed(name, "verdict", by, **about)
    crew.not_merged(NOBODY)


def test_an_approval_of_who_has_gone_or_lost_his_device(crew: Crew) -> None:
    ada = crew.of["ada"]
    ada.nc("team", "remove", "cy@example.com")
    ada.nc("sync")
    early = "2026-11-20T00:00:00.000Z/0000"
    crew.signed("cy", "verdict", at=early, **crew.about(crew.good))
    crew.not_merged(NOBODY)
    said = crew.of["cy"].tried("review", "approve", crew.review)
    crew.sync("cy")
    assert crew.of["cy"].tried("review", "approve", crew.review).code == 5, said
    crew.not_merged(NOBODY)


def test_what_another_system_is_said_to_have_heard(crew: Crew) -> None:
    """An imported approval counts for nothing, and does not stand before one's own word."""
    crew.of["cy"].nc("review", "request-changes", crew.review, "-m", "no")
    crew.sync("cy", "ada")
    for value in ("approve", "none"):
        said = {**crew.about(crew.good), "value": value, "id": f"i{value}".ljust(20, "0")}
        crew.signed("ben", "verdict", author="cy@example.com", **said)
        crew.not_merged("Cy asks for changes", NOBODY)


def test_an_own_review_that_is_said_to_be_anothers(crew: Crew) -> None:
    """Ben makes up that Cy began it elsewhere, and brings it in."""
    old, crew.review = crew.review, crew.review[:-4] + "zzzz"
    header: dict[str, Any] = {"title": "x", "target": {"type": "branch", "name": "feature"},
              "base": {"name": "main"}}  # fmt: skip
    crew.signed("ben", "open", author="cy@example.com", id="o".ljust(20, "0"), **header)
    table, base = crew.table(crew.good)
    crew.signed("ben", "revision", body=table, head=crew.good, base=base, count=1, parents=[])
    crew.signed("ben", "verdict", **crew.about(crew.good))
    crew.not_merged(NOBODY)
    assert old != crew.review


def test_taking_over_a_review_in_order_that_its_owner_may_approve(crew: Crew) -> None:
    crew.signed("cy", "open", at="2026-01-01T00:00:00.000Z/0000", title="mine",
                target={"type": "branch", "name": "feature"}, base={"name": "main"})  # fmt: skip
    crew.signed("ben", "verdict", **crew.about(crew.good))
    crew.not_merged(NOBODY)
    assert crew.of["ada"].nc("review", "show", crew.review, "--json").json["title"] != "mine"


def test_nobody_takes_back_what_another_has_said(crew: Crew) -> None:
    cy = crew.of["cy"]
    cy.nc("review", "request-changes", crew.review, "-m", "no")
    cy.nc("review", "comment", crew.review, "-m", "Why?")
    crew.of["ada"].nc("review", "set", crew.review, "--require", "ada@example.com")
    crew.sync("cy", "ada", "ben")
    over = [one.id for kind in ("verdict", "add", "set", "comment") for one in crew.entries(kind)]
    assert len(over) == 4
    crew.signed("ben", "verdict", over=over, **crew.about(crew.good))
    crew.signed("bot", "comment", body="x", over=over)
    for name in ("ben", "vic"):
        thread = crew.entries("comment")[0].id
        crew.signed(name, "edit", body="gone", target=thread, over=over)
        crew.signed(name, "redact", target=thread)
    crew.signed("vic", "resolve", target=thread, over=[])
    # He may put himself among the reviewers, and take nobody else out.
    crew.signed("ben", "add", field="reviewers", value="ben@example.com", over=over)
    crew.signed("cy", "remove", field="reviewers", value="cy@example.com", over=over)
    crew.signed("cy", "remove", field="reviewers", value="ada@example.com", over=over)
    crew.signed("cy", "set", field="required:ada@example.com", value=False, over=over)
    crew.not_merged("Cy asks for changes", "Ada has to approve", NOBODY)
    shown = crew.of["ada"].nc("review", "show", crew.review).out
    assert "Why?" in shown
    assert "gone" not in shown


def test_an_approval_for_one_head_is_none_for_another(crew: Crew) -> None:
    """Copied from another review, with the head or with the digest of another state."""
    good = crew.about(crew.good)
    evil = crew.about(crew.push(EVIL))
    crew.signed("cy", "verdict", **good)
    crew.not_merged("approved before f changed")
    crew.signed("cy", "verdict", **good | {"head": evil["head"]})
    crew.not_merged("approved before f changed")


def test_a_table_that_is_made_up(crew: Crew) -> None:
    """Ben writes down what he has not pushed yet for what he shows; Cy approves with the program.

    With the digest of that table her approval would hold for what comes.
    """
    evil = crew.push(EVIL)
    table, base = crew.table(evil)
    crew.of["ben"].git("reset", "-q", "--hard", crew.good)
    crew.push(GOOD + "more\n", "--force")
    shown = crew.of["ben"].git("rev-parse", "feature").strip()
    crew.signed("ben", "revision", body=table, head=shown, base=base, count=1, parents=[])
    crew.sync("cy")
    crew.of["cy"].nc("review", "approve", crew.review)
    crew.sync("cy")
    assert crew.missing() == []
    crew.of["ben"].git("push", "-q", "--force", "origin", f"{evil}:feature")
    crew.not_merged("approved before f changed")


def test_an_approval_that_was_signed_for_a_table_that_is_made_up(crew: Crew) -> None:
    """By a program that believed it: what her commits change is what she has seen."""
    good = crew.about(crew.good)
    evil = crew.push(EVIL)
    table, base = crew.table(evil)
    crew.signed("ben", "revision", body=table, head=crew.good, base=base, count=1, parents=[])
    crew.signed("cy", "verdict", **good | {"digest": crew.about(evil)["digest"]})
    crew.not_merged("approved before f changed")
    assert crew.standing("cy") == "stale"
    crew.sync("cy")
    crew.of["cy"].nc("review", "approve", crew.review)
    crew.sync("cy")
    assert crew.missing() == []
    assert crew.standing("cy") == "current"
    shown = crew.of["ada"].nc("review", "show", crew.review, "--json").json
    assert (shown["canMerge"], shown["status"]) == (True, "approved")


def test_nobody_approves_what_is_not_there(crew: Crew) -> None:
    """Commits that nobody here has cannot be looked at."""
    crew.signed("ben", "revision", body="", head="1" * 40, base="2" * 40, count=0, parents=[])
    ben = crew.of["ben"]
    ben.git("push", "-q", "origin", ":feature")
    cy: Clone = crew.of["cy"]
    crew.sync("cy")
    cy.git("branch", "-q", "-D", "feature")
    cy.git("fetch", "-q", "--prune")
    said = cy.tried("review", "approve", crew.review)
    assert (said.code, "not in this clone" in said.err) == (1, True), said.err


def test_a_merge_that_nobody_made(crew: Crew) -> None:
    """It stops nothing silently: who says so is named, and how one can see that it is not so."""
    crew.signed("cy", "merge", head=crew.good, onto="1" * 40, result="2" * 40, strategy="merge",
                base="main")  # fmt: skip
    crew.not_merged("cy@example.com says that it was merged into main as 222222222222")
    assert Path(crew.of["ada"].path, "f").read_text() == LINES
