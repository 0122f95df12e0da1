"""Links, attachments and imports in a team that enforces its rules."""

import pytest

from box import Box, Clone
from crews import founded, joined, synced


@pytest.fixture
def crew(box: Box) -> tuple[Clone, Clone, Clone]:
    """Ada, who leads, with an article; Ben, who contributes; Cy, who may only read."""
    hub = box.remote()
    ada = founded(box, hub)
    ben, cy = joined(box, hub, ada, "ben"), joined(box, hub, ada, "cy", "--role", "viewer")
    for one in (ada, ben, cy):
        (one.path / "docs").mkdir()
        (one.path / "docs/x.md").write_text("---\nauthor: Jane\n---\n# X\n\n![p](p.png)\n")
        (one.path / "docs/p.png").write_bytes(b"\x89PNG\0")
    ada.nc("kb", "add", "--title", "Retry", "--file", "docs/x.md")
    ada.nc("kb", "link", "retry", "HEAD")
    synced(ada, ben, cy)
    return ada, ben, cy


def test_a_reader_may_neither_link_nor_attach_nor_import(crew: tuple[Clone, Clone, Clone]) -> None:
    cy = crew[2]
    before = cy.git("rev-parse", "naturecode")
    linked = cy.git("rev-parse", "HEAD").strip()
    cy.git("commit", "-q", "--allow-empty", "-m", "another")
    for command in (
        ["link", "retry", "HEAD"], ["unlink", "retry", linked], ["import", "docs"],
        ["attach", "retry", "docs/p.png"],
    ):  # fmt: skip
        told = cy.nc("kb", *command, code=5)
        assert "cy@example.com may not do that" in told.err, command
    assert cy.git("rev-parse", "naturecode") == before


def test_what_a_contributor_imports_counts_for_all(crew: tuple[Clone, Clone, Clone]) -> None:
    ada, ben, _ = crew
    ben.nc("kb", "import", "docs", "--tags", "a")
    ben.nc("kb", "link", "x", "HEAD")
    synced(ben, ada)
    shown = ada.nc("kb", "show", "x", "--json").json
    assert (shown["authorId"], shown["tags"], shown["standing"]) == ("Jane", ["a"], {})
    assert [one["name"] for one in shown["files"]] == ["p.png"]
    assert ada.nc("quarantine", "list").out == ""
    note = ada.git("notes", "--ref=refs/notes/naturecode/kb", "show", "HEAD")
    assert sorted(line.rpartition("slug=")[2] for line in note.splitlines()) == ["retry", "x"]
    (ada.path / "docs/x.md").write_text("---\nauthor: Jane\n---\n# X\n\nmore\n")
    assert ada.nc("kb", "import", "docs", "--json").json["changed"] == 1
    synced(ada, ben)
    assert "more" in ben.nc("kb", "show", "x", "--raw").out
