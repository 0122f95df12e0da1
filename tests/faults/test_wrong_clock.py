"""A machine whose clock is ten years off, and those who meet it: talk keeps its order."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from box import Box, Clone
from git_naturecode import clock
from git_naturecode.cli import context as contexts
from git_naturecode.clock import DAY_MS, system_ms

TEN_YEARS = 3653 * DAY_MS


@contextmanager
def off_by(ms: int) -> Iterator[None]:
    """The program sees a system clock that is `ms` ahead."""
    real = contexts.current

    def current(quiet: bool = False) -> contexts.Context:
        made = real(quiet)
        made.now_ms = lambda: system_ms() + ms
        return made

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(contexts, "current", current)
        yield


@pytest.fixture
def pair(box: Box) -> tuple[Clone, Clone]:
    hub = box.remote()
    return box.clone(hub, "ada"), box.clone(hub, "ben")


def in_order(texts: list[str], *wanted: str) -> bool:
    """True when `wanted` stand among `texts` in this order, each once."""
    return [text for text in texts if text in wanted] == list(wanted)


def stamps(clone: Clone, session: str) -> list[str]:
    """The stamps of all messages, by the record."""
    with clone.store(many=False) as store:
        return [one.entry.at for one in store.read(session[17:], "session")
                if one.entry.kind == "message"]  # fmt: skip


@pytest.mark.parametrize("ms", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
def test_a_wrong_clock_and_the_right_one_again(pair: tuple[Clone, Clone], ms: int) -> None:
    ada, ben = pair
    session = ada.start()
    ada.nc("session", "say", session, "one")
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "from ben")
    with off_by(ms):
        ada.nc("session", "say", session, "two")
        ada.nc("session", "say", session, "three")
        ada.nc("sync")
        ada.nc("session", "list")
    ben.nc("sync")
    ada.nc("session", "say", session, "four")
    before = ada.texts(session)
    assert in_order(before, "one", "two", "three", "four")
    ben.nc("session", "say", session, "ben again")
    for clone in (ben, ada, ben):
        clone.nc("sync")
    assert in_order(ada.texts(session), "from ben", "ben again")
    assert in_order(ada.texts(session), *before)
    assert ada.texts(session) == ben.texts(session)
    assert len(ada.texts(session)) == 6
    # Nobody else was pulled along.
    now = clock.iso(system_ms() + DAY_MS)
    with ben.store(many=False) as store:
        assert str(store.stamps.take()[0]) < now


def test_who_writes_with_a_clock_ahead_is_told_and_can_mend_it(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    session = ada.start()
    with off_by(TEN_YEARS):
        assert "warning" not in ada.nc("session", "say", session, "from the future").err
    said = ada.nc("session", "say", session, "the clock is right again")
    assert "git naturecode doctor --fix" in said.err
    assert ada.nc("doctor", code=1).out.count("days ahead") == 1
    ada.nc("doctor", "--fix")
    assert "doctor" not in ada.nc("session", "say", session, "now").err
    now = clock.iso(system_ms() + DAY_MS)
    assert sum(at < now for at in stamps(ada, session)) == 1
    ids = {m["messageId"] for m in ada.nc("session", "show", session, "--json").json["messages"]}
    assert len(ids) == 3
    ada.nc("sync")
    warned = ben.nc("sync").err
    assert "one of the two clocks is wrong" in warned
    assert sorted(ben.texts(session)) == sorted(ada.texts(session))
    assert "is the clock right?" in ben.nc("session", "say", session, "from ben").err


def test_a_clock_behind_is_told_by_what_others_said(pair: tuple[Clone, Clone]) -> None:
    ada, ben = pair
    session = ada.start()
    ada.nc("session", "say", session, "one")
    ada.nc("sync")
    with off_by(-TEN_YEARS):
        assert "clocks is wrong" in ben.nc("sync").err
        said = ben.nc("session", "say", session, "long ago")
        assert "is the clock right?" in said.err
        found = ben.nc("doctor", code=1).out
        assert "the system's clock says" in found
        assert "the system's clock says" in ben.nc("doctor", "--fix", code=1).out
        ben.nc("sync")
    ben.nc("session", "say", session, "today")
    ben.nc("sync")
    ada.nc("sync")
    assert in_order(ada.texts(session), "long ago", "today")
    assert in_order(ada.texts(session), "one", "today")
    assert ada.texts(session) == ben.texts(session)
    ben.nc("doctor")


def test_no_clock_is_too_far_off(box: Box) -> None:
    """The last millisecond that a machine can count to in nanoseconds, and the first."""
    clone = box.ready()
    last = 2**63 // 1_000_000
    for at in (last, 0):
        with off_by(at - system_ms()):
            session = clone.start()
            clone.nc("session", "say", session, "at the end of time")
            clone.nc("session", "say", session, "and after it")
            assert clone.texts(session) == ["at the end of time", "and after it"]
