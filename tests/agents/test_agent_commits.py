"""Agents and plain git: each commit names the sessions of the agents that wrote its files."""

from pathlib import Path

import pytest

from agents.firing import Claude, noted
from box import Box, Clone
from git_naturecode import linking
from hooking import Yard

FIRST = "11111111-aaaa-4bbb-8ccc-000000000001"
OTHER = "22222222-aaaa-4bbb-8ccc-000000000002"


@pytest.fixture
def yard(box: Box) -> Yard:
    clone = box.repo()
    clone.git("config", "naturecode.hooks", "true")
    clone.nc("init", "--capture")
    return Yard(clone, "")


def at_work(clone: Clone, session: str = FIRST, folder: Path | None = None) -> Claude:
    agent = Claude(clone, session, folder)
    agent.fire("SessionStart", source="startup")
    agent.asked()
    return agent


def drain(clone: Clone) -> None:
    with clone.store() as store:
        linking.drain(store)


def linked(clone: Clone, commit: str) -> set[str]:
    with clone.store() as store:
        return {link.session for link in linking.find(store, commit)}


def test_two_agents_in_one_work_tree(yard: Yard) -> None:
    one, two = at_work(yard.clone), at_work(yard.clone, OTHER)
    one.edit("a.py", "1\n")
    two.edit("src/b b.py", "2\n")
    one.edit("ü.py", "1\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "first", "--", "a.py")
    assert yard.named() == [one.id]
    yard.git("commit", "-qm", "second", "--", "src")
    assert yard.named() == [two.id]
    two.edit("c.py", "2\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "third")
    assert sorted(yard.named()) == sorted([one.id, two.id])
    (yard.path / "d.py").write_text("by hand\n")
    yard.git("add", "d.py")
    yard.git("commit", "-qm", "fourth")
    assert yard.named() == []


def test_an_agent_that_commits_in_its_first_turn(yard: Yard) -> None:
    agent = at_work(yard.clone)
    agent.edit("a.py", "1\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "mine")  # as it would in its shell, long before it stops
    commit = yard.head()
    assert yard.named() == [agent.id]
    assert yard.clone.ids() == set()
    drain(yard.clone)
    agent.fire("Stop")
    yard.clone.nc("capture")
    assert yard.clone.ids() == {agent.id}
    drain(yard.clone)
    assert linked(yard.clone, commit) == {agent.id}


def test_what_was_committed_is_not_named_again(yard: Yard) -> None:
    agent = at_work(yard.clone)
    agent.edit("a.py", "1\n")
    agent.edit("b.py", "1\n")
    yard.git("add", "a.py")
    yard.git("commit", "-qm", "mine")
    agent.fire("Stop")
    yard.clone.nc("capture")
    drain(yard.clone)
    assert noted(yard.clone) == {agent.id: ["b.py"]}
    (yard.path / "a.py").write_text("by hand\n")
    yard.git("commit", "-qam", "by hand")
    assert yard.named() == []
    agent.edit("a.py", "3\n")
    yard.git("commit", "-qam", "again")
    assert yard.named() == [agent.id]


def test_a_linked_work_tree_and_a_subfolder(yard: Yard) -> None:
    tree = Clone(yard.path / "trees/linked", yard.clone.way)
    yard.git("worktree", "add", "-q", str(tree.path), "-b", "linked")
    (yard.path / "src").mkdir()
    here = at_work(yard.clone, folder=yard.path / "src")
    there = at_work(tree, OTHER)
    here.edit("a.py", "1\n")
    there.edit("src/a.py", "2\n")
    for one, agent in ((yard, here), (Yard(tree, ""), there)):
        one.git("add", "src")
        one.git("commit", "-qm", "mine")
        assert one.named() == [agent.id]


def test_a_session_that_is_set_wins_over_agents(yard: Yard) -> None:
    agent = at_work(yard.clone)
    session = yard.clone.start()
    agent.edit("a.py", "1\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "one")
    assert yard.named() == [session]
    agent.edit("a.py", "2\n")
    yard.git("commit", "-qam", "two", NATURECODE_SESSION=agent.id)
    assert yard.named() == [agent.id]
    yard.clone.nc("session", "use", "--none")
    agent.edit("a.py", "3\n")
    yard.git("commit", "-qam", "three")
    assert yard.named() == [agent.id]
    agent.edit("a.py", "4\n")
    yard.git("commit", "-qam", "four", NATURECODE="0")
    assert yard.named() == []


def test_without_its_hook_the_transcript_tells_it(yard: Yard) -> None:
    from agents.test_agent_written import Silent

    agent, idle = Silent(yard.clone), Silent(yard.clone, OTHER)
    agent.asked()
    idle.asked()
    agent.edit("a.py", "1\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "mine")
    commit = yard.head()
    assert yard.named() == []
    drain(yard.clone)
    assert {session[17:] for session in linked(yard.clone, commit)} == {agent.id[17:]}
    assert {session[17:] for session in yard.clone.ids()} == {agent.id[17:]}
    (yard.path / "h.py").write_text("by hand\n")
    yard.git("add", "-A")
    yard.git("commit", "-qm", "by hand")
    drain(yard.clone)
    assert linked(yard.clone, yard.head()) == set()
