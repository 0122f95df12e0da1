"""Articles in a team that enforces its rules: who may write, delete, redact, vote."""

import pytest

from box import Box, Clone
from crews import founded, joined, synced

TEXT = "# Retry\n\nWait longer.\n"


def add(clone: Clone, text: str = TEXT) -> str:
    (clone.path / "a.md").write_text(text)
    return clone.nc("kb", "add", "--file", "a.md").out.strip()


def edit(clone: Clone, article: str, text: str, code: int = 0) -> str:
    (clone.path / "b.md").write_text(text)
    return clone.nc("kb", "edit", article, "--file", "b.md", code=code).err


@pytest.fixture
def crew(box: Box) -> tuple[Clone, Clone, Clone]:
    """Ada, who leads; Ben, who contributes; Cy, who may only read."""
    hub = box.remote()
    ada = founded(box, hub)
    ben = joined(box, hub, ada, "ben")
    cy = joined(box, hub, ada, "cy", "--role", "viewer")
    return ada, ben, cy


def test_a_reader_may_vote_and_nothing_else(crew: tuple[Clone, Clone, Clone]) -> None:
    ada, _, cy = crew
    article = add(ada)
    synced(ada, cy)
    (cy.path / "a.md").write_text(TEXT)
    for command in (
        ["add", "--file", "a.md"], ["edit", article, "--file", "a.md"], ["rm", article],
        ["edit", article, "--title", "x"], ["rename", article, "x"], ["tag", article, "--add", "x"],
        ["redact", article, "r1"],
    ):  # fmt: skip
        told = cy.nc("kb", *command, code=5).err
        assert "cy@example.com may not do that" in told, command
        assert "git naturecode team show" in told
    assert cy.nc("kb", "list", "--json").json["total"] == 1
    cy.nc("kb", "vote", article, "--helpful")
    synced(cy, ada)
    assert ada.nc("kb", "show", article, "--json").json["helpful"] == 1


def test_who_may_not_write_any_more_is_told(crew: tuple[Clone, Clone, Clone]) -> None:
    ada, ben, _ = crew
    article = add(ada)
    synced(ada, ben)
    ada.nc("team", "role", "ben@example.com", "viewer")
    synced(ada, ben)
    done = ben.process("kb", "edit", article, "--file", "-", input=TEXT + "More.\n")
    assert done.returncode == 5
    assert "may not do that" in done.stderr


def test_a_writer_deletes_what_he_began_and_redacts_what_he_wrote(
    crew: tuple[Clone, Clone, Clone],
) -> None:
    ada, ben, _ = crew
    of_ada, of_ben = add(ada), add(ben, "# Ben's\n\nHis.\n")
    synced(ada, ben, ada)
    edit(ben, of_ada, TEXT + "\nBen was here.\n")
    assert "may not do that" in ben.nc("kb", "rm", of_ada, code=5).err
    assert "redact what another wrote" in ben.nc("kb", "redact", of_ada, "r1", code=5).err
    ben.nc("kb", "redact", of_ada, "r2")
    ben.nc("kb", "rm", of_ben)
    ben.nc("kb", "restore", of_ben)
    edit(ada, of_ben, "# Ben's\n\nHis.\n\nAda, too.\n")
    synced(ben, ada, ben)
    shown = ada.nc("kb", "show", of_ada, "--json").json
    assert (shown["content"], shown["standing"]) == (TEXT, {})
    assert "redacted" in ada.nc("kb", "history", of_ada).out
    ada.nc("kb", "redact", of_ben, "r1")
    synced(ada, ben)
    assert ben.nc("quarantine", "list", "--json").json["items"] == []
    assert "redacted" in ben.nc("kb", "show", of_ben, "--revision", "r1", code=1).err


def _before_he_has_a_seat(box: Box) -> tuple[Clone, Clone, str]:
    """Ada, whose team Ben knows nothing of yet; Ben; an article that both have."""
    hub = box.remote()
    ada = box.person(hub, "ada")
    article = add(ada)
    ada.nc("sync")
    ben = box.person(hub, "ben")
    ben.nc("sync")
    ada.nc("team", "create", "Crew")
    ada.nc("sync")
    return ada, ben, article


def test_a_vote_of_who_had_no_seat_yet_stops_nobody_and_counts_once_he_has_one(box: Box) -> None:
    ada, ben, article = _before_he_has_a_seat(box)
    ben.nc("kb", "vote", article, "--helpful")  # there is no team as far as he knows
    ben.nc("sync")
    said = ada.nc("sync", "--json").json
    assert (said["quarantined"], said["alarms"]) == (0, [])
    assert [one for one in said["news"] if "1 vote or view of articles does not count" in one]
    assert "does not count" not in ada.nc("sync").out  # told once
    assert ada.nc("kb", "show", article, "--json").json["helpful"] == 0
    assert ada.nc("status", "--json").json["team"]["quarantined"] == 1
    (held,) = ada.nc("quarantine", "list", "--json").json["items"]
    assert held["kind"] == "vote"
    ada.nc("verify")
    code = ada.nc("team", "add", "ben@example.com", "--json").json["code"]
    synced(ada, ben)
    ben.nc("team", "join", code)
    synced(ben, ada)
    assert ada.nc("kb", "show", article, "--json").json["helpful"] == 1
    assert ada.nc("quarantine", "list", "--json").json["items"] == []


def test_a_text_of_who_had_no_seat_still_needs_a_person(box: Box) -> None:
    ada, ben, article = _before_he_has_a_seat(box)
    edit(ben, article, TEXT + "More.\n")
    ben.nc("kb", "vote", article, "--helpful")
    ben.nc("sync", code=3)
    said = ada.nc("sync", code=3)
    assert "1 entry kept in quarantine" in said.err
    assert "1 vote or view of articles does not count" in said.out
    assert "2 entries are in quarantine" not in ada.nc("verify", code=3).err
