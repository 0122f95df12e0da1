"""session chat with others: who said what, who may ask, and what stays encrypted or private."""

import os
from pathlib import Path

from ai.providers import server as acts
from ai.providers.server import ModelServer, texts
from box import Box, Clone
from cli.asking import use
from crews import ada, ben, hub, joined, synced  # noqa: F401
from sealed.people import begun, everything


def test_several_people_are_told_apart(
    ada: Clone, ben: Clone, server: ModelServer  # noqa: F811
) -> None:  # fmt: skip
    use(server)
    made = ada.start("Plan")
    ada.nc("session", "say", made, "I want blue.")
    synced(ada, ben)
    ben.nc("session", "chat", made, "I want red.")
    synced(ben, ada)
    ada.nc("session", "chat", made, "Who wins?")
    turns = server.asked[1].body["messages"][1:]
    assert texts(turns) == [
        "[Ada] I want blue.\n\n[ben] I want red.", "Hello.", "[Ada] Who wins?"
    ]  # fmt: skip


def test_the_model_of_a_verified_team_is_a_name_and_no_more(
    ada: Clone, ben: Clone, server: ModelServer  # noqa: F811
) -> None:  # fmt: skip
    ada.nc("team", "set", "defaultModel", "their-model")
    synced(ada, ben)
    made = ben.start("Plan")
    ben.nc("session", "chat", made, "hi", code=2)
    with open(Path(os.environ["HOME"]) / ".gitconfig", "a") as file:
        file.write(f'[naturecode "ai"]\n\tendpoint = {server.url}/v1\n')
    told = ben.nc("session", "chat", made, "hi").err
    assert "the model is their-model, as the team has set it" in told
    assert server.asked[0].body["model"] == "their-model"
    use(server)
    ben.nc("session", "chat", made, "hi")
    assert server.asked[1].body["model"] == "m-1"


def test_who_may_not_write_may_not_ask(
    box: Box, hub: Path, ada: Clone, server: ModelServer  # noqa: F811
) -> None:  # fmt: skip
    use(server)
    viewer = joined(box, hub, ada, "vic", "--role", "viewer")
    made = ada.start("Plan")
    synced(ada, viewer)
    viewer.nc("session", "chat", made, "hi", code=5)
    assert not server.asked


def test_an_encrypted_session_stays_encrypted(
    ada: Clone, ben: Clone, server: ModelServer  # noqa: F811
) -> None:  # fmt: skip
    use(server)
    made = begun(ada, "ben@example.com")
    server.plays(acts.says("the hippopotamus agrees"))
    told = ada.nc("session", "chat", made, "What about the elephant question?").err
    assert "this session is encrypted" in told
    synced(ada, ben)
    assert ben.texts(made)[-2:] == ["What about the elephant question?", "the hippopotamus agrees"]
    for word in (b"hippopotamus", b"elephant"):
        assert word not in everything(ada)
        assert word not in everything(ben)


def test_a_private_session_stays_here(box: Box, server: ModelServer) -> None:
    use(server)
    remote = box.remote()
    clone = box.clone(remote, "ada")
    made = clone.start("Own", "private")
    clone.nc("session", "chat", made, "the elephant question")
    clone.nc("sync")
    listed = clone.git(f"--git-dir={remote}", "log", "--all", "-p")
    assert "elephant" not in listed
