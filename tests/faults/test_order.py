"""The kernel is asked to make an entry safe before anybody is told that it is; strace sees it."""

import re
from pathlib import Path

import pytest

import crash
from box import Box, Way

# In this order, by one process, for each entry: its bytes, its name, the word to the user.
ORDER = (
    r'write\(\d+<[^>]*/spool/team/\.(?P<name>[^>]+)>',
    r'fsync\(\d+<[^>]*/spool/team/\.(?P<name>[^>]+)>\) += 0',
    r'rename\("[^"]*/spool/team/\.(?P<name>[^"]+)", "[^"]*/spool/team/(?P=name)"\) += 0',
    r'fsync\(\d+<[^>]*/spool/team>\) += 0',
    r'write\(1<[^>]*>, "[0-9a-z]+-[0-9a-z]{16}\\n"',
)  # fmt: skip
COUNT = 4


def in_order(box: Box, mutant: str) -> int:
    """How many entries a writer made safe in the right order."""
    clone = crash.set_up(box, way=Way("library"))
    more = ("team", str(COUNT), mutant)
    lines = crash.record(clone, crash.new_session(), box.path / "trace", *more)
    step = done = 0
    for line in lines:
        if re.search(ORDER[-1], line) and step != len(ORDER) - 1:
            return done
        if re.search(ORDER[step], line):
            step = (step + 1) % len(ORDER)
            done += step == 0
    return done


def test_bytes_then_name_then_acknowledgement(box: Box) -> None:
    crash.needs_strace()
    assert in_order(box, "none") == COUNT


@pytest.mark.parametrize("mutant", ["file", "folder"])
def test_without_an_fsync_the_order_is_not_found(box: Box, mutant: str) -> None:
    crash.needs_strace()
    assert in_order(box, mutant) == 0


def test_a_clock_that_is_ahead_is_kept_on_the_disk(box: Box) -> None:
    crash.needs_strace()
    clone = crash.set_up(box)
    with clone.store(many=False) as store:
        store.stamps.take()
    path = clone.path / ".git/naturecode/clock"
    assert not _clock_fsynced(box, "now")
    year = int(path.read_text()[:4])
    path.write_text(path.read_text().replace(f"{year}-", f"{year + 1}-", 1))
    assert _clock_fsynced(box, "ahead")


def _clock_fsynced(box: Box, name: str) -> bool:
    from box import Clone

    clone = Clone(box.path / "repo", Way("library"))
    lines = crash.record(clone, crash.new_session(), Path(box.path, name))
    return any(re.search(r"fsync\(\d+<[^>]*/naturecode/clock>", line) for line in lines)
