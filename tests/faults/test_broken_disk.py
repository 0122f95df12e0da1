"""A disk that refuses one call: over quota, broken, read-only; what was acknowledged stays."""

import pytest

import crash
from box import Box, Way
from seeds import SEED

EVERY = 7
ERRORS = ("EDQUOT", "EIO", "ENOSPC", "EROFS")
WAYS = (Way("program"), Way("library"))


def refuse(box: Box, way: Way, every: int) -> int:
    """Let one call after the other fail in a writer or its git processes; how many it noticed."""
    clone = crash.set_up(box, way=way)
    entity = crash.new_session()
    with clone.store(many=False) as store:
        crash.say(store, entity, "hello")
        store.settle()
    found = crash.points(crash.record(clone, entity, box.path / "trace"))
    acknowledged: list[str] = []
    noticed = 0
    for number, point in enumerate(found[SEED % every :: every]):
        what = f"error={ERRORS[(SEED + number) % len(ERRORS)]}"
        said, failed = crash.kill_at(clone, point, entity, box.path / "bin", what=what)
        noticed += failed
        acknowledged += said
        try:
            crash.check(clone, acknowledged)
        except AssertionError as error:
            raise AssertionError(f"after {what} at {point}: {error}") from error
    return noticed


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_call_that_fails_loses_nothing(box: Box, way: Way) -> None:
    crash.needs_strace()
    assert refuse(box, way, EVERY) > 0


@pytest.mark.torture
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_each_call_that_fails_loses_nothing(box: Box, way: Way) -> None:
    crash.needs_strace()
    assert refuse(box, way, 1) > 10
