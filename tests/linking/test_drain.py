"""The queue's drain: each commit gets its sessions, whatever became of it, and gets them once."""

import time
from collections.abc import Iterable

import pytest

from box import Box, Clone
from git_naturecode import linking
from git_naturecode.domain.links import Link
from git_naturecode.linking.queue import Drained


def told(clone: Clone, *lines: str) -> Drained:
    """What a drain says after the hooks have written `lines`."""
    with open(clone.path / ".git/naturecode/queue", "a") as file:
        file.writelines(line + "\n" for line in lines)
    with clone.store(many=False) as store:
        return linking.drain(store)


def found(clone: Clone, commit: str = "HEAD") -> list[Link]:
    oid = clone.git("rev-parse", commit).strip()
    with clone.store(many=False) as store:
        return linking.find(store, oid)


def change(clone: Clone, name: str, text: str, *message: str) -> str:
    """A commit that writes `text` to the file `name`; its id."""
    (clone.path / name).write_text(text)
    clone.git("add", name)
    clone.git("commit", "-q", *(word for one in message or (name,) for word in ("-m", one)))
    return clone.git("rev-parse", "HEAD").strip()


def made(clone: Clone, commit: str, *sessions: str) -> str:
    """The line of a post-commit hook."""
    return f"commit {int(time.time())} {commit} {','.join(sessions) or '-'} {clone.path}/.git"


def trailer(*sessions: str) -> str:
    return "\n".join(f"NatureCode-Session: {one}" for one in sessions)


def sessions_of(links: Iterable[Link]) -> set[str]:
    return {link.session for link in links}


@pytest.fixture
def clone(box: Box) -> Clone:
    made = box.repo()
    made.nc("init")
    return made


@pytest.mark.parametrize("visibility", ["team", "private"])
def test_a_commit_is_linked_on_the_side_of_its_session(clone: Clone, visibility: str) -> None:
    session = clone.start(visibility=visibility)
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    assert told(clone, made(clone, commit, session)).linked == 1
    (link,) = found(clone)
    assert (link.session, link.via, link.commit) == (session, "hook", commit)
    assert link.tree == clone.git("rev-parse", "HEAD^{tree}").strip()
    assert link.patch
    with clone.store() as store:
        side = store.team if visibility == "team" else store.private
        (placed,) = [p for p in store.read(session[-8:], "session") if p.entry.kind == "link"]
        assert placed.side == side.name
    assert told(clone, made(clone, commit, session)).linked == 0


def test_a_trailer_that_was_taken_out_by_hand_is_a_no(clone: Clone) -> None:
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a")
    assert told(clone, made(clone, commit, session)).linked == 0
    clone.git("config", "naturecode.trailer", "never")
    assert told(clone, made(clone, commit, session)).linked == 1


def test_a_note_says_it_and_is_built_again_when_it_is_lost(clone: Clone) -> None:
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    told(clone, made(clone, commit, session))
    assert (
        clone.git("notes", "--ref=naturecode/sessions", "show").split()
        == ["session", session, "via=hook", "messages=0"][:3]
    )
    tree = clone.git("rev-parse", "refs/notes/naturecode/sessions^{tree}")
    clone.git("update-ref", "-d", "refs/notes/naturecode/sessions")
    with clone.store(many=False) as store:
        linking.keep_notes(store)
    assert clone.git("rev-parse", "refs/notes/naturecode/sessions^{tree}") == tree
