"""A disk that gets full in the middle of a purge: it is said, and the next one ends it."""

from pathlib import Path

from box import Box
from cli.test_redact import WORD, everywhere, said
from disks import attempt, fill, free, small


def test_a_purge_on_a_full_disk_is_ended_when_there_is_room(box: Box, tmp_path: Path) -> None:
    with small(tmp_path / "small", "24m") as disk:
        clone = Box(disk).ready()
        session = clone.start()
        kept = []
        for room in (0, 16_384, 80_000):
            said(clone, session, f"oh {WORD}")
            said(clone, session, f"kept {room}")
            kept += ["oh [REDACTED:own:1]", f"kept {room}"]
            fill(disk, room)
            answer = attempt(clone, "redact", "--rewrite", "--text", WORD, "--yes")
            assert (answer.code, "the disk is full" in answer.err) == (1, True)
            free(disk)
            clone.nc("background")
            if clone.tried("redact", "--check", "--text", WORD).code:
                clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
            assert WORD.encode() not in everywhere(clone)
            assert clone.texts(session) == kept
