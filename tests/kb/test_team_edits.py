"""Edits of files where a team enforces its rules: who may not is told, a page waits for a yes."""

from pathlib import Path

import pytest

from box import Box, Clone
from kb.articles import commit, text
from kb.articles import shown as pages


@pytest.fixture
def people(box: Box) -> tuple[Clone, Clone]:
    """An admin and a viewer of one team, in step, with an article."""
    remote = box.remote()
    ada, bob = box.person(remote, "ada"), box.person(remote, "bob")
    ada.nc("team", "create", "Core")
    code = ada.nc("team", "add", "bob@example.com", "--role", "viewer", "--json").json["code"]
    ada.nc("sync")
    bob.nc("sync")
    bob.nc("team", "join", code)
    bob.nc("sync")
    ada.nc("sync")
    ada.nc("kb", "add", "--title", "Retry", "--file", str(text_file(box.path)))
    ada.nc("sync")
    bob.nc("sync")
    return ada, bob


def text_file(folder: Path) -> Path:
    made = folder / "text.md"
    made.write_text("one\n\ntwo\n")
    return made


def test_who_may_not_edit_is_told_and_his_file_stays(people: tuple[Clone, Clone]) -> None:
    _, bob = people
    bob.nc("folder")
    article = bob.path / ".naturecode/kb/articles/retry.md"
    article.write_text(article.read_text().replace("one", "ONE"))
    edited = article.read_bytes()
    said = bob.nc("sync")
    assert "retry.md is not taken in: bob@example.com may not do that: needs kb:edit" in said.err
    bob.nc("folder")
    assert article.read_bytes() == edited
    assert "bob@example.com may not do that" in bob.nc("status").out
    assert text(pages(bob)["articles/retry.md"]) == "one\n\ntwo\n"


def test_an_edit_on_the_page_counts_when_somebody_has_adopted_it(
    people: tuple[Clone, Clone],
) -> None:
    ada, bob = people
    page = pages(ada)["articles/retry.md"]
    commit(ada, {"kb/articles/retry.md": page.replace("one", "ONE")})
    ada.nc("sync", code=3)
    bob.nc("sync", code=3)
    for clone in (ada, bob):
        assert pages(clone)["articles/retry.md"] == page
    tip = ada.git("rev-parse", "naturecode")
    bob.nc("sync")
    assert bob.git("rev-parse", "naturecode") == tip
    assert ada.nc("status", "--json").json["unsigned"] == 0  # nobody signs for a page
    held = ada.nc("quarantine", "list", "--json").json["items"]
    assert len(held) == 1
    ada.nc("quarantine", "adopt", held[0]["id"])
    ada.nc("sync")
    bob.nc("sync")
    for clone in (ada, bob):
        assert text(pages(clone)["articles/retry.md"]) == "ONE\n\ntwo\n"
    assert ada.git("rev-parse", "naturecode") == bob.git("rev-parse", "naturecode")
