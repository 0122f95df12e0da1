"""A redaction and a fork that did not know each other: the text is hidden in both."""

import pytest

from box import Box, Clone
from sync.test_sync import pair

WORD = "chrysanthemum"


def everywhere(clone: Clone) -> str:
    """What a person can see of all sessions of a clone."""
    shown = "".join(clone.nc("session", "show", one).out for one in clone.ids())
    found = clone.process("session", "search", WORD)
    return shown + found.stdout


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
