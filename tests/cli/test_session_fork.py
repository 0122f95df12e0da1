"""Forks, the active session, files that are shared."""

from box import Clone
from git_naturecode import ids


def entries(clone: Clone, session: str) -> dict[str, tuple[str, str]]:
    """Kind and hash of each entry about a session, by id."""
    with clone.store() as store:
        placed = store.read(ids.tail(session), "session")
    return {one.entry.id: (one.entry.kind, one.entry.hash) for one in placed}


def test_a_fork_holds_the_same_entries_up_to_the_point(clone: Clone) -> None:
    session = clone.start("Original")
    for text in ("one", "two", "three"):
        clone.nc("session", "say", session, text)
    clone.nc("session", "edit", session, "1", "one, better")
    clone.nc("session", "comment", session, "on two", "--on", "2")
    clone.nc("session", "comment", session, "on three", "--on", "3")
    said = clone.nc("session", "fork", session, "--name", "My Fork", "--at", "2")
    fork = said.out.strip()
    assert clone.texts(fork) == ["one, better", "two"]
    told = clone.nc("session", "show", fork, "--json").json
    assert told["name"] == "My Fork"
    assert told["forked"]["session"] == session
    assert [c["content"] for c in told["comments"]] == ["on two"]
    origin, copy = entries(clone, session), entries(clone, fork)
    assert [copy[name][0] for name in copy if origin.get(name) != copy[name]] == ["open"]
    assert sorted(kind for kind, _ in copy.values()) == (
        ["comment", "edit", "message", "message", "open"]
    )
    assert clone.nc("session", "use").out.strip() == fork
    clone.nc("session", "say", fork, "a way of its own")
    assert clone.texts(session) == ["one, better", "two", "three"]
    assert f"forked from {session}" in clone.nc("session", "show", fork).out


def test_a_redaction_reaches_the_forks(clone: Clone) -> None:
    session = clone.start("Original")
    clone.nc("session", "say", session, "Acme pays")
    fork = clone.nc("session", "fork", session, "--name", "One").out.strip()
    second = clone.nc("session", "fork", fork, "--name", "Two").out.strip()
    third = clone.nc("session", "fork", session, "--name", "Three").out.strip()
    told = clone.nc("session", "redact", second, "1", "--json").json
    assert set(told["forks"]) == {session, fork, third}
    for one in (session, fork, second, third):
        assert clone.texts(one) == [""]
    clone.nc("session", "search", "Acme", code=1)


def test_a_fork_gives_no_rights_over_its_origin(clone: Clone) -> None:
    session = clone.start("Original")
    clone.nc("session", "say", session, "by ada")
    clone.env["GIT_AUTHOR_EMAIL"] = "ben@example.com"
    clone.nc("session", "say", session, "by ben")
    fork = clone.nc("session", "fork", session, "--name", "Mine").out.strip()
    assert clone.nc("session", "redact", fork, "1", "--json").json["forks"] == []
    assert clone.texts(session) == ["by ada", "by ben"]
    assert clone.nc("session", "redact", fork, "2", "--json").json["forks"] == [session]
    assert clone.texts(session) == ["by ada", ""]
    assert clone.texts(fork) == ["", ""]


def test_a_private_session_has_private_forks(clone: Clone) -> None:
    session = clone.start("Secret", "private")
    clone.nc("session", "say", session, "under the hood")
    said = clone.nc("session", "fork", session, "--name", "x", "--visibility", "team", code=5)
    assert "is private" in said.err
    fork = clone.nc("session", "fork", session, "--name", "x").out.strip()
    assert clone.nc("session", "show", fork, "--json").json["shared"] is False
    assert fork not in clone.git("ls-tree", "-r", "--name-only", "naturecode")
    shared = clone.start("Open")
    alone = clone.nc("session", "fork", shared, "--name", "x", "--visibility", "private").out
    assert clone.nc("session", "show", alone.strip(), "--json").json["shared"] is False


def test_what_of_a_shared_session_is_still_private_stays_out_of_its_fork(clone: Clone) -> None:
    session = clone.start("Open")
    with clone.store() as store:
        from git_naturecode.domain import drafts

        store.write("private", session, [drafts.message("not shared yet", "user")])
        store.settle()
    assert clone.texts(session) == ["not shared yet"]
    fork = clone.nc("session", "fork", session, "--name", "x").out.strip()
    assert clone.texts(fork) == []


def test_wrong_forks(clone: Clone) -> None:
    session = clone.start()
    clone.nc("session", "fork", session, code=2)
    clone.nc("session", "fork", session, "--name", " ", code=2)
    clone.nc("session", "fork", session, "--name", "x", "--at", "1", code=1)
    clone.nc("session", "fork", session, "--name", "x", "--visibility", "all", code=2)
    assert len(clone.ids()) == 1


def test_the_active_session(clone: Clone) -> None:
    session = clone.start()
    assert clone.nc("session", "use").out.strip() == session
    clone.nc("session", "use", "--none")
    assert clone.nc("session", "use", "--json", code=1).json["active"] is None
    clone.nc("session", "use", session[17:])
    assert clone.nc("session", "use").out.strip() == session
    clone.nc("session", "use", session, "--none", code=2)
    clone.nc("session", "use", "zzzzzzzz", code=1)


def test_a_file_is_shared_by_its_path_lines_and_content(clone: Clone) -> None:
    (clone.path / "src").mkdir()
    (clone.path / "src/a.py").write_text("one\ntwo\n")
    clone.git("add", "src")
    session = clone.start()
    clone.nc("session", "file", session, "src/a.py", "--lines", "1-2")
    inner = Clone(clone.path / "src", clone.way, clone.env)
    inner.nc("session", "file", session, "a.py")
    told = clone.nc("session", "show", session, "--json").json["fileAccess"]
    assert [(one["path"], one["lines"]) for one in told] == [("src/a.py", "1-2"), ("src/a.py", "")]
    assert told[0]["blob"] == clone.git("hash-object", "src/a.py").strip()
    assert "file: src/a.py:1-2" in clone.nc("session", "show", session).out
    for path in ("nothing.py", "../outside", "/etc/passwd", "src", ".git/config"):
        clone.nc("session", "file", session, path, code=1)
    for lines in ("0", "9-2", "x", "-3"):
        clone.nc("session", "file", session, "src/a.py", f"--lines={lines}", code=2)
