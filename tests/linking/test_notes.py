"""Notes: derived from links, the same in every clone and in plain git, built again at will."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box import Box, Clone
from git_naturecode import linking
from git_naturecode.domain import links
from git_naturecode.domain.links import Link, Wrote
from git_naturecode.linking import notes as keeping
from git_naturecode.store import note_lines
from linking.test_drain import change, made, told, trailer
from sync.meeting import pair

REF = "refs/notes/naturecode/sessions"


def tree(clone: Clone, ref: str = REF) -> str:
    return clone.git("rev-parse", "--verify", "-q", f"{ref}^{{tree}}", check=False).strip()


def lines(clone: Clone, on: str = "HEAD") -> list[str]:
    shown = clone.git("notes", "--ref", REF, "show", on, check=False)
    return sorted(line for line in shown.splitlines() if line)


@pytest.mark.parametrize("count", [1, 31, 32, 40, 300, 5000])
def test_notes_lie_where_git_itself_lays_them(box: Box, count: int) -> None:
    clone = box.repo()
    (clone.path / "said").write_text("said\n")
    blob = clone.git("hash-object", "-w", "said").strip()
    names = [f"{(number * 2654435761) % (1 << 32):08x}" + "c" * 32 for number in range(count)]
    # All of them flat, so that git has to lay them out when it adds one.
    flat = "".join(f"100644 blob {blob}\t{name}\n" for name in sorted(names[1:]))
    made = subprocess.run(["git", "mktree"], cwd=clone.path, input=flat, text=True,
                          capture_output=True, check=True).stdout.strip()  # fmt: skip
    if names[1:]:
        commit = clone.git("commit-tree", made, "-m", "flat").strip()
        clone.git("update-ref", "refs/notes/flat", commit)
    target = clone.git("rev-parse", "HEAD").strip()
    clone.git("notes", "--ref=flat", "add", "-C", blob, target)
    paths = set(clone.git("ls-tree", "-r", "--name-only", "refs/notes/flat").split())
    assert paths == set(note_lines.places([*names[1:], target]).values())


def test_a_note_reads_well_in_plain_git(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a")
    with clone.store() as store:
        wrote = (Wrote("01m-x", "src/a b%.py", ((1, 10), (15, 15))),)
        linking.link(store, [Link(session, commit, via="hook", tool="claude-code",
                                  model="a model", messages=12, wrote=wrote)])  # fmt: skip
    shown = clone.git("log", "--notes=naturecode/*", "-1")
    assert "Notes (naturecode/sessions):" in shown
    assert f"    session {session} via=hook tool=claude-code model=a%20model messages=12" in shown
    assert f"    wrote {session} 01m-x 1-10,15 src/a b%25.py" in shown


TEXTS = st.text(min_size=1, max_size=30)


@given(TEXTS, TEXTS, TEXTS.filter(lambda path: "\n" not in path))
def test_no_value_breaks_a_line(tool: str, model: str, path: str) -> None:
    wrote = (Wrote("0123", path, ((1, 2),)),)
    session = "session-20261125-aaaaaaaa"
    told = links.note_lines(Link(session, "a" * 40, tool=tool, model=model, wrote=wrote))
    assert len(told) == 2
    assert all(line.isprintable() for line in told)
    assert len(told[0].split(" ")) == 5
    assert note_lines.words(told[0].encode()) == {"via": "attach", "tool": tool, "model": model}
    assert {note_lines.session_of(line.encode()) for line in told} == {session}


@given(st.lists(st.integers(0, 400), max_size=400), st.lists(st.integers(0, 400), max_size=400))
def test_a_note_that_is_full_keeps_the_same_lines_in_any_order(a: list[int], b: list[int]) -> None:
    def said(numbers: list[int]) -> frozenset[bytes]:
        texts = (f"wrote session-20261125-aaaaaaaa m {n} {'x' * 300}{n}" for n in numbers)
        return frozenset({b"session session-20261125-aaaaaaaa via=hook"} | {
            text.encode() for text in texts
        })  # fmt: skip

    one, other = said(a), said(b)
    whole = note_lines.within(one | other)
    assert whole == note_lines.within(note_lines.within(one) | other)
    assert whole == note_lines.within(note_lines.within(other) | note_lines.within(one))
    assert sum(len(line) + 1 for line in whole) <= note_lines.MAX_NOTE


def test_git_takes_the_lines_along_and_merges_them_to_the_same(box: Box) -> None:
    clone = box.ready()
    session, other = clone.start("One"), clone.start("Two")
    first = change(clone, "a.py", "one\n", "Add a", trailer(session))
    second = change(clone, "b.py", "one\n", "Add b", trailer(other))
    told(clone, made(clone, first, session), made(clone, second, other))
    clone.git("reset", "-q", "--soft", "HEAD~2")
    clone.git("reset", "-q", "--hard", second)
    todo = clone.path.parent / "todo.sh"
    todo.write_text("#!/bin/sh\nsed -i '2s/^pick/fixup/' \"$1\"\n")
    todo.chmod(0o755)
    clone.env["GIT_SEQUENCE_EDITOR"] = str(todo)
    clone.git("rebase", "-q", "-i", "HEAD~2")
    by_git = [line.split()[1] for line in lines(clone)]
    assert sorted(by_git) == sorted([session, other])  # without any hook of ours
    new = clone.git("rev-parse", "HEAD").strip()
    told(clone, f"rewrite 1 rebase {first} {new}", f"rewrite 1 rebase {second} {new}")
    assert [line.split()[1:3] for line in lines(clone)] == [
        [one, "via=rewrite"] for one in sorted([session, other])
    ]
    # Two states that plain git merges have the lines of both.
    right = tree(clone)
    clone.git("update-ref", "refs/notes/remotes/x/naturecode/sessions", REF)
    clone.git("notes", "--ref", REF, "append", "-m", "mine", "HEAD")
    clone.git("notes", "--ref=refs/notes/remotes/x/naturecode/sessions", "append", "-m", "theirs",
              "HEAD")  # fmt: skip
    clone.git("notes", "--ref=naturecode/sessions", "merge",
              "refs/notes/remotes/x/naturecode/sessions")  # fmt: skip
    both = lines(clone)
    assert {"mine", "theirs"} < set(both)
    assert len(both) == 4
    clone.git("notes", "--ref", REF, "remove", "HEAD")
    with clone.store(many=False) as store:
        linking.keep_notes(store)
    assert tree(clone) == right


def test_settings_of_the_user_stay(box: Box) -> None:
    clone = box.repo()
    clone.git("config", "notes.rewriteMode", "overwrite")
    clone.git("config", "notes.rewriteRef", "refs/notes/commits")
    clone.nc("init")
    assert clone.git("config", "notes.rewriteMode").strip() == "overwrite"
    assert clone.git("config", "--get-all", "notes.rewriteRef").split() == [
        "refs/notes/commits", "refs/notes/naturecode/*",
    ]  # fmt: skip
    merge = clone.git("config", "notes.naturecode/sessions.mergeStrategy").strip()
    assert merge == "cat_sort_uniq"
    before = clone.git("config", "--local", "--list")
    clone.nc("init")
    assert clone.git("config", "--local", "--list") == before
    assert "displayref" not in before


ACTIONS = ("attach", "detach", "sync", "forge note")


def test_three_clones_end_with_the_same_lines_in_any_order_of_syncs(box: Box) -> None:
    """Lines of what was taken back do not come again, whoever still has them."""
    hub, ada, ben, session = pair(box)
    cleo = box.clone(hub, "cleo")
    commit = change(ada, "a.py", "one\n", "Add a")
    ada.git("push", "-q", "origin", "main")
    clones = (ada, ben, cleo)
    for clone in clones:
        clone.git("pull", "-q", "origin", "main")
        clone.nc("sync")
    steps = st.lists(
        st.tuples(st.sampled_from(range(3)), st.sampled_from(ACTIONS)), min_size=2, max_size=7
    )

    @settings(max_examples=6, deadline=None)
    @given(steps)
    def check(done: list[tuple[int, str]]) -> None:
        for who, what in done:
            clone = clones[who]
            if what == "sync":
                clone.nc("sync")
            elif what == "forge note":
                clone.git("notes", "--ref", REF, "append", "-m", f"session {session} via=forge",
                          commit)  # fmt: skip
            else:
                with clone.store(many=False) as store:
                    if what == "attach":
                        linking.link(store, [Link(session, commit, tool=clone.path.name)])
                    else:
                        linking.unlink(store, session, [commit])
        for clone in (*clones, *clones):
            clone.nc("sync")
        ends = set()
        for clone in clones:
            with clone.store(many=False) as store:
                linked = [one.tool for one in linking.find(store, commit) if one.entry]
                assert keeping.audit(store)[0] == frozenset()
            ends.add((tuple(linked), tuple(lines(clone, commit)), tree(clone)))
        assert len(ends) == 1, ends
        ((named, said, _),) = ends
        assert len(said) == len(named) or (not named and said == (f"session {session} via=forge",))

    check()
