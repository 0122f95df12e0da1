"""A redaction and a fork that did not know each other: the text is hidden in both."""

import pytest

from box import Box, Clone
from git_naturecode import hiding
from git_naturecode.store.store import Store
from git_naturecode.sync import gate
from sync.meeting import pair

WORD = "chrysanthemum"


def everywhere(clone: Clone) -> str:
    """What a person can see of all sessions of a clone."""
    shown = "".join(clone.nc("session", "show", one).out for one in clone.ids())
    found = clone.tried("session", "search", WORD)
    return shown + found.out


@pytest.mark.parametrize("first", ["redaction", "fork"])
def test_a_fork_made_at_the_same_time_is_reached(box: Box, first: str) -> None:
    _, ada, ben, session = pair(box)
    ada.nc("session", "say", session, f"about {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    message = ada.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    ada.nc("session", "redact", session, message)
    fork = ben.nc("session", "fork", session, "--name", "Mine", "--json").json["id"]
    ben.nc("session", "say", fork, "going on")
    order = (ada, ben) if first == "redaction" else (ben, ada)
    for clone in (*order, *order):
        clone.nc("sync")
    for clone in (ada, ben):
        assert WORD not in everywhere(clone)
        assert "going on" in clone.texts(fork)
    before = [clone.git("rev-parse", "naturecode") for clone in (ada, ben)]
    for clone in (ada, ben):
        assert "nothing new" in clone.nc("sync").out
    assert [clone.git("rev-parse", "naturecode") for clone in (ada, ben)] == before


def test_it_goes_on_to_forks_of_forks(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ada.nc("session", "say", session, f"about {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    message = ada.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    one = ben.nc("session", "fork", session, "--name", "One", "--json").json["id"]
    ben.nc("session", "fork", one, "--name", "Two", "--json")
    ada.nc("session", "redact", session, message)
    for clone in (ada, ben, ada):
        clone.nc("sync")
    assert WORD not in everywhere(ada) + everywhere(ben)


def test_a_fork_gives_no_rights_over_what_others_said_there(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ben.nc("session", "say", session, f"ben said {WORD}")
    ben.nc("sync")
    ada.nc("sync")
    message = ada.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    fork = ben.nc("session", "fork", session, "--name", "Mine", "--json").json["id"]
    ada.nc("session", "redact", session, message)  # its owner may, but only there
    for clone in (ada, ben, ada):
        clone.nc("sync")
    assert WORD in str(ben.texts(fork))
    assert WORD not in str(ben.texts(session))


def test_what_comes_in_while_redactions_are_carried_is_not_forgotten(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the background carries, and a sync brings the next redaction right then."""
    hub, ada, ben, first = pair(box)
    second = ada.start("Another one")
    forks = {}
    for session in (first, second):
        ada.nc("session", "say", session, f"about {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    for session in (first, second):
        forks[session] = ben.nc("session", "fork", session, "--name", "Mine", "--json").json["id"]
    said = {one: ada.nc("session", "show", one, "--json").json["messages"][-1] for one in forks}
    ada.nc("session", "redact", first, said[first]["messageId"])
    ada.nc("sync")
    early = ada.git("rev-parse", "naturecode").strip()
    ada.nc("session", "redact", second, said[second]["messageId"])
    ada.nc("sync")
    late = ada.git("rev-parse", "naturecode").strip()
    Clone(hub).git("update-ref", "refs/heads/naturecode", early)
    real, met = hiding._within, list[str]()

    def within(store: Store, group: list[str]) -> int:
        if not met:
            met.append(group[0])
            ben.git("fetch", "-q", str(ada.path), "naturecode")
            with ben.store() as other:
                gate.take_in(other, late, [])
        return real(store, group)

    monkeypatch.setattr(hiding, "_within", within)
    ben.nc("sync")
    assert met
    monkeypatch.undo()
    ben.nc("sync")
    assert WORD not in everywhere(ben)


def test_a_carrier_that_is_killed_leaves_it_to_the_next_one(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, ben, session = pair(box)
    ada.nc("session", "say", session, f"about {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    message = ada.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    ada.nc("session", "redact", session, message)
    ada.nc("sync")
    ben.nc("session", "fork", session, "--name", "Mine", "--json")

    def killed(*args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(hiding, "_within", killed)
        ben.nc("sync", code=130)
    ben.nc("sync")
    assert WORD not in everywhere(ben)
