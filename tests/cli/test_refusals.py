"""What is said to a command line that asks for nothing, or for what cannot be."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from box import Clone
from git_naturecode.cli import app


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (["session", "show", ""], 1, "there is no session ''"),
        (["session", "invite", "ID", ""], 2, "nobody is named"),
        (["session", "invite", "ID", " , "], 2, "nobody is named"),
        (["session", "edit", "ID", "--tag", ""], 2, "a tag cannot be empty"),
        (["session", "start", "x", "--tag", " "], 2, "a tag cannot be empty"),
        (["session", "search", " "], 2, "there is nothing to search for"),
        (["session", "export", "ID", "-o", ""], 2, "--output names no file"),
        (["session", "file", "ID", ""], 1, "'' is no file"),
        (["session", "file", "ID", "folder"], 1, "folder is no file"),
        (["session", "import", ""], 2, "there is no file ''"),
        (["session", "share", "--all"], 1, "nothing to share: no session is private"),
        (["sync", "--remote", ""], 2, "there is no remote called ''"),
        (["init", "--remote", ""], 2, "there is no remote called ''"),
    ],
)
def test_a_thing_left_empty_is_named(clone: Clone, args: list[str], code: int, error: str) -> None:
    session = clone.start()
    (clone.path / "folder").mkdir()
    said = clone.nc(*(session if one == "ID" else one for one in args), code=code)
    assert said.err.split("\n")[0] == f"error: {error}"
    assert clone.nc("session", "show", session, "--json").json["tags"] == []


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


def test_whatever_is_left_out_is_named_in_words(clone: Clone) -> None:
    """Of every command: what is needed, in its order, and never what the parser calls it."""
    told = set[str]()
    for path, command in _commands(typer.main.get_command(app.build([]))):
        given: list[str] = []
        for one in (one for one in command.params if one.required):
            said = clone.nc(*path, *given, code=2).err
            first, hint = said.split("\n")[:2]
            assert first.endswith(" is needed"), said
            assert not first.removeprefix("error: ").isupper(), said
            assert hint.endswith(f"see `git naturecode {' '.join(path)} --help`"), said
            assert one.name.upper() not in first, said
            assert one.param_type_name != "option" or f" {one.opts[0]} " in first, said
            told.add(first)
            given += [f"{one.opts[0]}=x"] if one.param_type_name == "option" else ["x"]
    assert {"error: a review's id is needed", "error: a session's id is needed"} <= told
    assert "session list shows them" in clone.nc("session", "show", code=2).err


def test_an_export_that_cannot_be_written_names_the_file_that_was_asked_for(clone: Clone) -> None:
    session = clone.start()
    for output in ("nowhere/x.md", ".git"):
        said = clone.nc("session", "export", session, "-o", output, code=1)
        assert said.err.endswith(f"directory: {clone.path / output}\n")
    assert sorted(path.name for path in clone.path.iterdir()) == [".git"]


def test_an_export_goes_through_a_link_and_into_a_device(clone: Clone) -> None:
    session = clone.start()
    (clone.path / "far").mkdir()
    (clone.path / "near").symlink_to("far/page.md")
    (clone.path / "nothing").symlink_to("/dev/null")
    for output in ("near", "nothing"):
        clone.nc("session", "export", session, "-o", output)
        assert (clone.path / output).is_symlink()
    assert session in (clone.path / "far" / "page.md").read_text()


def test_a_list_that_was_narrowed_to_nothing_does_not_speak_of_importing(clone: Clone) -> None:
    assert "session import" in clone.nc("session", "list").err
    clone.start()
    said = clone.nc("session", "list", "--tag", "none")
    assert said.err == "no such sessions; `git naturecode session list` shows all\n"


def test_what_is_shared_already_is_not_said_to_be_shared_now(clone: Clone) -> None:
    old, new = clone.start(), clone.start("Two", "private")
    said = clone.nc("session", "share", old)
    assert said.err == "1 session shared before, with nothing new\n"
    said = clone.nc("session", "share", old, new)
    assert said.err.startswith("1 session shared before, with nothing new\n1 session shared: all")


def test_nobody_is_asked_to_join_what_is_private(clone: Clone) -> None:
    said = clone.nc("session", "share", "--name", "Mine", "--visibility", "private")
    assert "join" not in said.err
    assert f"git naturecode session share {said.out.strip()}" in said.err


def test_leaving_another_session_leaves_the_active_one_alone(clone: Clone) -> None:
    other, mine = clone.start(), clone.start("Two")
    clone.nc("session", "leave", other)
    assert clone.nc("session", "use").out.strip() == mine
    clone.nc("session", "leave", mine)
    clone.nc("session", "use", code=1)


def test_dash_c_without_a_directory_is_where_we_are(clone: Clone) -> None:
    assert clone.nc("-C", "", "status").out


def test_what_is_said_of_a_deleted_text_takes_it_out(clone: Clone) -> None:
    session = clone.start()
    clone.nc("session", "say", session, "the quick brown fox")
    said = clone.nc("session", "delete", session, "--yes")
    assert "`git naturecode redact --rewrite --text TEXT`" in said.err
    said = clone.nc("redact", "--check", "--text", "quick brown", code=1)
    assert "`git naturecode redact --rewrite --text TEXT`" in said.err
    clone.nc("redact", "--rewrite", "--text", "quick brown", "--yes")
    clone.nc("redact", "--check", "--text", "quick brown")
