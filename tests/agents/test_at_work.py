"""What `status` and `session use` say of agents at work."""

from agents.firing import Claude, capture
from box import Box


def test_who_is_at_work_and_what_could_be_shared(box: Box) -> None:
    clone = box.ready()
    agent = Claude(clone)
    assert "capture is off\n" in clone.nc("status").out
    capture(clone)
    assert (
        "hooks install --agent"
        in clone.nc("init", "--no-hooks").err + clone.nc("init", "--capture").err
    )
    assert "capture is on\n" in clone.nc("status").out
    assert clone.nc("session", "use", code=1).err.startswith("error: no session is active")
    agent.asked()
    agent.edit("a", "x")
    said = clone.nc("status").out
    assert "capture is on; 1 agent at work here\n" in said
    assert f"  {agent.id}  1 file to commit" in said
    told = clone.nc("status", "--json").json
    assert (told["capture"], told["active"], told["activeWhy"]) == (True, None, "none")
    assert told["agents"][0]["files"] == ["a"]
    answer = clone.nc("session", "use")
    assert answer.out.strip() == agent.id
    assert "no session is set" in answer.err
    assert clone.nc("session", "use", "--json").json["why"] == "agents"
    session = clone.start()
    assert f"commits here belong to {session}" in clone.nc("status").out
    assert clone.nc("session", "use").out.strip() == session
    clone.env["NATURECODE_SESSION"] = agent.id
    assert f"{agent.id} (NATURECODE_SESSION)" in clone.nc("status").out


def test_a_deleted_session_is_at_work_no_longer(box: Box) -> None:
    clone = box.ready()
    agent = Claude(capture(clone))
    agent.asked()
    agent.edit("a", "x")
    agent.fire("Stop")
    clone.nc("capture")
    clone.nc("session", "delete", agent.id, "--yes")
    assert clone.nc("status", "--json").json["agents"] == []


def test_what_goes_on_after_it_was_shared_is_said_to_wait(box: Box) -> None:
    clone = capture(box.clone(box.remote(), "ada"))
    agent = Claude(clone)
    agent.asked("first")
    agent.fire("Stop")
    clone.nc("capture")
    clone.nc("session", "share", agent.id)
    assert "went on since" not in clone.nc("status").out
    agent.asked("second")
    agent.fire("Stop")
    clone.nc("capture")
    assert "1 shared session went on since" in clone.nc("status").out
    assert clone.nc("status", "--json").json["sharedWithPrivate"] == 1
    ben = box.clone(box.path / "hub.git", "ben")
    clone.nc("sync")
    ben.nc("sync")
    assert ben.texts(agent.id) == ["first"]
    assert clone.texts(agent.id) == ["first", "second"]
