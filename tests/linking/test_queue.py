"""The queue: any order, doubled, cut, killed in the middle: the same links, and no line is lost."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box import Box, Clone
from git_naturecode import linking
from git_naturecode.linking import draining, queue
from git_naturecode.linking.queue import Chosen, Made, Rewritten, Squashed
from linking.test_drain import change, found, made, sessions_of, trailer

OIDS = st.text("0123456789abcdef", min_size=40, max_size=40)
OID = "a" * 40
SESSIONS = st.from_regex(r"session-20261125-[0-9a-hjkmnp-tv-z]{8}", fullmatch=True)
SECONDS = st.integers(0, 10**10)
FOLDERS = st.text(
    st.characters(exclude_characters="\n\0", exclude_categories=["Cs"]), max_size=20
).map(lambda name: "/" + name)
LINES = st.one_of(
    st.builds(Made, SECONDS, OIDS, OIDS, st.lists(SESSIONS, max_size=3).map(tuple), FOLDERS),
    st.builds(Chosen, SECONDS, OIDS, st.lists(SESSIONS, max_size=3).map(tuple), FOLDERS),
    st.builds(Rewritten, SECONDS, st.sampled_from(["amend", "rebase"]), OIDS, OIDS),
    st.builds(Squashed, SECONDS, OIDS, st.lists(OIDS, min_size=1, max_size=4).map(tuple)),
)


@given(LINES)
def test_what_is_written_is_read(line: queue.Line) -> None:
    text = queue.text(line)
    assert text.endswith(b"\n")
    assert queue.parse(text[:-1]) == line


@given(st.binary(max_size=200))
def test_whatever_stands_there_is_read_or_skipped(data: bytes) -> None:
    for line in data.split(b"\n"):
        said = queue.parse(line)
        assert said is None or queue.text(said) == line + b"\n"


@pytest.mark.parametrize(
    "line",
    ["", "commit", "commit 1 abc - /g", "commit x " + "a" * 40 + " - /g", "later 1 x",
     f"commit 1 {OID} {OID} session-1 /g", f"commit 1 {OID} {OID} - ", f"commit 1 {OID} - /g",
     f"skip 1 {OID} ", f"skip 1 {OID}", f"on 1 {OID} - /g", f"on 1 {OID} session-1 /g",
     f"on 1 {OID}",
     "rewrite 1 merge " + "a" * 40 + " " + "b" * 40, "squash 1 a b",
     f"commit 1 --upload-pack=x {OID} - /g", "rewrite 1 amend " + "a" * 40 + " " + "b" * 39],
)  # fmt: skip
def test_torn_lines_and_those_of_later_programs_are_skipped(line: str) -> None:
    assert queue.parse(line.encode()) is None


def written(folder: Path, *lines: bytes) -> None:
    with open(folder / "queue", "ab") as file:
        file.writelines(lines)


def test_a_torn_end_is_counted_and_a_late_one_is_read(tmp_path: Path) -> None:
    one, two = (f"rewrite 1 amend {'a' * 40} {n * 40}\n".encode() for n in "bc")
    written(tmp_path, one, two[:20])
    opened = open(tmp_path / "queue", "ab")  # noqa: SIM115  a hook that was slow
    taken = queue.take(str(tmp_path))
    assert (len(taken.fresh), taken.skipped) == (1, 1)
    with opened:
        opened.write(two[20:])
    taken.done([])
    assert not queue.is_full(str(tmp_path))
    again = queue.take(str(tmp_path))
    assert [line.new for line in again.fresh if isinstance(line, Rewritten)] == ["c" * 40]
    again.done([])
    assert queue.take(str(tmp_path)).fresh == []


def test_the_files_of_the_queue_go_when_nobody_can_write_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        written(tmp_path, f"rewrite {number} amend {'a' * 40} {'b' * 40}\n".encode())
        queue.take(str(tmp_path)).done([])
    monkeypatch.setattr(queue, "_LINGER", -1.0)
    queue.take(str(tmp_path)).done([])
    assert os.listdir(tmp_path) == []


def test_at_most_so_many_lines_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 10)
    lines = [Rewritten(n, "amend", "a" * 40, "b" * 40) for n in range(30)]
    queue.take(str(tmp_path)).done(lines)
    assert queue.waiting(str(tmp_path)) == lines[-10:]


@pytest.fixture
def history(box: Box) -> tuple[Clone, list[str], list[str]]:
    """Four commits, each made from the one before, and the lines that hooks write of that."""
    clone = box.ready()
    session = clone.start()
    clone.env["SESSION"] = session
    oids = [change(clone, "a.py", "a\n", "Add a", trailer(session))]
    lines = [made(clone, oids[0], session)]
    for number, how in enumerate(("amend", "rebase", "amend", "rebase")):
        clone.git("commit", "-q", "--amend", "-m", f"Message {number}")
        oids.append(clone.git("rev-parse", "HEAD").strip())
        lines.append(f"rewrite {number} {how} {oids[-2]} {oids[-1]}")
    clone.git("switch", "-q", "--detach", "HEAD~1")
    clone.git("cherry-pick", oids[-1])
    picked = clone.git("rev-parse", "HEAD").strip()
    if picked not in oids:
        lines.append(f"rewrite 9 amend {oids[-1]} {picked}")
        oids.append(picked)
    return clone, oids, lines


@pytest.mark.parametrize("in_one_go", [True, False])
def test_lines_in_any_order_or_in_any_pieces_give_the_same_links(
    history: tuple[Clone, list[str], list[str]], in_one_go: bool
) -> None:
    """Taken together their order is nothing; one after the other they come as things happened."""
    clone, oids, lines = history
    state = clone.path / ".git/naturecode"
    before = clone.git("rev-parse", "refs/heads/naturecode").strip()
    orders = st.permutations([*lines, *lines[:3]])
    pieces = st.lists(st.integers(1, len(lines)), min_size=1, max_size=2)

    @settings(max_examples=8, deadline=None)
    @given(orders if in_one_go else st.just(lines), st.just([99]) if in_one_go else pieces)
    def check(order: Sequence[str], sizes: list[int]) -> None:
        clone.git("update-ref", "refs/heads/naturecode", before)
        for file in [*state.glob("queue*"), *(state / "spool").rglob("2*")]:
            if file.is_file():
                file.unlink()
        left = list(order)
        with clone.store(many=False) as store:
            for size in (*sizes, 99):
                with open(state / "queue", "a") as queued:
                    queued.writelines(f"{line}\n" for line in left[:size])
                left = left[size - 1 :] if size < len(left) else []  # one line comes twice
                linking.drain(store)
            placed = store.read(clone.env["SESSION"][-8:], "session")
        said = [one.entry.header["to"] for one in placed if one.entry.kind == "link"]
        assert sorted(said) == sorted(oids)

    check()


@pytest.mark.parametrize("when", ["written", "noted"])
def test_a_killed_drain_goes_on(
    history: tuple[Clone, list[str], list[str]], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    clone, oids, lines = history
    state = clone.path / ".git/naturecode"
    (state / "queue").write_text("".join(f"{line}\n" for line in lines))
    with monkeypatch.context() as patch, clone.store(many=False) as store:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        if when == "written":
            patch.setattr(draining, "write", killed)
        else:
            patch.setattr(queue.Taken, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            linking.drain(store)
    assert queue.is_full(str(state))
    (state / "queue").write_text(made(clone, oids[0], clone.env["SESSION"]) + "\n")
    with clone.store(many=False) as store:
        linking.drain(store)
    assert not queue.is_full(str(state))
    for oid in oids:
        assert sessions_of(found(clone, oid)) == {clone.env["SESSION"]}


@pytest.mark.parametrize("what", ["pipe", "folder", "link"])
def test_what_is_no_plain_file_goes_aside_and_holds_nobody(box: Box, what: str) -> None:
    clone = box.ready()
    session = clone.start()
    odd = clone.path / ".git/naturecode/queue"
    {"pipe": os.mkfifo, "folder": os.mkdir, "link": lambda at: os.symlink("no/where", at)}[what](
        odd
    )
    os.mkfifo(clone.path / ".git/naturecode/queue.waiting")
    clone.nc("status")
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    clone.nc("session", "attach", session, commit)
    assert not os.path.lexists(odd)
    later = change(clone, "a.py", "two\n", "Add b", trailer(session))
    odd.write_text(made(clone, later, session) + "\n")
    with clone.store(many=False) as store:
        assert linking.drain(store).linked == 1
