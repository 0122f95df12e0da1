"""What is decided before anything is written: the tool, the place, what the user has to know."""

from dataclasses import replace
from pathlib import Path

import pytest

from box import Box
from domain.made import ADA, BEN, entry, placed
from git_naturecode.domain.session import Session, build
from git_naturecode.errors import Negative, Usage
from git_naturecode.git import repo as repos
from git_naturecode.resuming import Asked, Resumption, Where, place, prepare
from git_naturecode.resuming.giving import LIMIT

NAME = "aaaaaaaa-0000-4000-8000-000000000001"
WHOLE = Asked()


def made(tool: str = "claude-code", *texts: str) -> Session:
    """A session that came from `tool`, of Ada's requests and what an assistant said to Ben."""
    log = [entry(0, "open", title="Retry", origin={"tool": tool, "session": NAME})]
    for number, text in enumerate(texts or ("Make it red.", "It is red."), 1):
        role, by = ("assistant", BEN) if number % 2 == 0 else ("user", ADA)
        log.append(entry(number, "message", text, role=role, by=by))
    return build(placed(*log))


def prepared(session: Session, home: Path, asked: Asked = WHOLE) -> Resumption:
    """What a resume of `session` would write for a user whose home is `home`."""
    where = Where(str(home), "main", {"HOME": str(home)}, 1_790_000_000_000)
    return prepare(session, asked, where, lambda name: session)


def test_the_tool_is_its_own_unless_another_is_named(tmp_path: Path) -> None:
    assert prepared(made("gemini"), tmp_path).tool == "gemini"
    assert prepared(made("gemini"), tmp_path, Asked("codex")).tool == "codex"
    assert prepared(made("aider"), tmp_path, Asked("codex")).tool == "codex"
    for session, asked in ((made("aider"), Asked()), (made(""), Asked()), (made(), Asked("vim"))):
        with pytest.raises(Usage) as raised:
            prepared(session, tmp_path, asked)
        assert "claude-code, codex, gemini" in str(raised.value.hint)


def test_the_agents_own_transcript_is_better_only_where_all_goes_back_to_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ".claude" / "projects" / str(tmp_path).replace("/", "-").replace("_", "-")
    folder.mkdir(parents=True)
    whole = prepared(made(), tmp_path)
    assert whole.better(str(tmp_path)) == ""
    (folder / f"{NAME}.jsonl").write_text("{}\n")
    assert NAME in whole.better(str(tmp_path))
    assert whole.better("/").startswith("cd ")
    for asked in (Asked("codex"), Asked(at="1"), Asked(last=1)):
        assert prepared(made(), tmp_path, asked).better(str(tmp_path)) == ""


def test_others_are_all_but_the_one_who_asks(tmp_path: Path) -> None:
    found = prepared(made(), tmp_path)
    assert found.others(ADA.upper()) == [BEN]
    assert found.others("") == [ADA, BEN]


def test_what_is_too_long_is_cut_where_it_can_be(tmp_path: Path) -> None:
    assert prepared(made(), tmp_path).fitting(0) == 0
    long = prepared(made("codex", "a" * LIMIT, "b", "c"), tmp_path)
    assert long.fitting(0) == 2
    assert long.fitting(1) == 0
    assert replace(long, conversation=prepared(made(), tmp_path).conversation).fitting(0) == 0


def test_a_bare_repository_has_no_place_to_write_for(box: Box) -> None:
    bare = box.remote()
    repo = repos.find(str(bare), {})
    with pytest.raises(Negative, match="no work tree"):
        place(repo, str(bare), {}, 0, to_write=True)
    assert place(repo, str(bare), {}, 0, to_write=False).work_tree == str(bare)
