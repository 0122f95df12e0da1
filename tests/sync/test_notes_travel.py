"""Notes go where the branch goes: by sync, and by plain push and fetch."""

import subprocess
from pathlib import Path

import pytest

from box import Box, Clone, Way
from sync.meeting import is_linear, pair, refs

REF = "refs/notes/naturecode/sessions"


def note(clone: Clone, line: str, kind: str = "sessions", on: str = "main") -> None:
    clone.git("notes", f"--ref=naturecode/{kind}", "append", "-m", line, on)


def noted(clone: Clone, kind: str = "sessions", on: str = "main") -> list[str]:
    shown = clone.git("notes", f"--ref=naturecode/{kind}", "show", on, check=False)
    return sorted(line for line in shown.splitlines() if line)


def test_both_sides_have_the_lines_of_both(box: Box, way: Way) -> None:
    hub, ada, ben, session = pair(box, way)
    note(ada, "ada 1")
    note(ada, "to read", kind="kb")
    note(ben, "ben 1")
    ada.nc("session", "say", session, "with a note")
    said = ada.nc("sync", "--json").json
    assert (said["notesSent"], said["notesReceived"], said["sent"]) == (2, 0, 1)
    ben.nc("sync")
    ada.nc("sync")
    for clone in (ada, ben):
        assert noted(clone) == ["ada 1", "ben 1"]
        assert noted(clone, "kb") == ["to read"]
        assert "nothing new on either side" in clone.nc("sync").out
    assert ada.git("rev-parse", REF) == ben.git("rev-parse", REF)
    assert is_linear(hub)
    assert ben.git("for-each-ref", "refs/naturecode/") == ""


def test_only_our_refs_travel(box: Box) -> None:
    hub, ada, ben, _ = pair(box)
    note(ada, "ours")
    note(ada, "another matter", kind="else")
    ada.git("notes", "add", "-m", "not ours at all")
    ada.nc("sync")
    assert refs(hub, "refs/notes") == [REF]
    ada.git("push", "-q", "origin", "refs/notes/naturecode/else")
    ben.nc("sync")
    assert refs(ben.path, "refs/notes") == [REF]


def test_plain_push_and_fetch_carry_notes(box: Box) -> None:
    _, ada, ben, _ = pair(box)
    note(ada, "ada")
    note(ben, "ben")
    ada.git("push", "-q", "origin", "refs/notes/naturecode/*")
    ben.git("fetch", "-q", "origin")
    ben.nc("session", "list")
    assert noted(ben) == ["ada", "ben"]
    ben.git("push", "-q", "origin", "refs/notes/naturecode/*")
    ada.git("fetch", "-q")
    ada.nc("status")
    assert noted(ada) == ["ada", "ben"]


def test_a_push_that_lost_the_race_takes_the_notes_of_the_winner_in(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    from git_naturecode.git import remote as remotes

    _, ada, ben, _ = pair(box)
    note(ada, "ada")
    note(ben, "ben")
    push, rivals = remotes.Link.push, [ben]

    def rival(link: remotes.Link, pushes: list[remotes.Push]) -> bool:
        if rivals:
            rivals.pop().nc("sync")
        return push(link, pushes)

    with monkeypatch.context() as patch:
        patch.setattr(remotes.Link, "push", rival)
        assert ada.nc("sync", "--json").json["tries"] == 2
    ben.nc("sync")
    assert noted(ada) == noted(ben) == ["ada", "ben"]


def _plant(hub: Path, files: dict[str, bytes]) -> None:
    """A notes commit that nobody's git would make, on the remote."""
    lines = [b"commit " + REF.encode() + b"\ncommitter M <m@x> 1 +0000\ndata 1\nx\ndeleteall\n"]
    for path, content in files.items():
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=hub, check=True,
                   input=b"".join(lines))  # fmt: skip


def test_hostile_notes_stay_out_and_hold_nothing_up(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    main = ada.git("rev-parse", "main").strip()
    _plant(hub, {main: b"good\n\x1b]0;evil\x07\n", "hooks/pre-push": b"touch pwned",
                 "b" * 40: b"y" * 100_000})  # fmt: skip
    ada.nc("session", "say", session, "goes on")
    said = ada.nc("sync")
    assert "kept out: the note on" in said.err
    assert "\x1b" not in said.err
    assert noted(ada) == ["good"]
    ben.nc("sync")
    assert ben.texts(session) == ["goes on"]
    assert noted(ben) == ["good"]
    assert ben.git("ls-tree", "-r", "--name-only", REF).split() == [main]


def test_a_notes_ref_that_is_no_commit(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    blob = ada.git("hash-object", "-w", "--stdin").strip()
    ada.git("push", "-q", "origin", f"{blob}:refs/notes/naturecode/kb")
    ada.nc("session", "say", session, "goes on")
    said = ada.nc("sync")
    assert "refs/notes/naturecode/kb" in said.err
    ben.nc("sync")
    assert ben.texts(session) == ["goes on"]
    assert refs(hub, "refs/notes/naturecode/kb")
