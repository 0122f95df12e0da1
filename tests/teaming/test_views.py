"""The pages `team/*.yml`: sound YAML whatever people call themselves, and never fought over."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from box import Box, Clone
from git_naturecode.domain.policy import evaluate
from git_naturecode.domain.policy.facts import Member, TeamInfo
from git_naturecode.domain.policy.standing import Standing
from git_naturecode.render import team_view
from git_naturecode.store import yaml_scan
from git_naturecode.teaming import views

TEAM = "team-20261126-aaaaaaaa"


class Told(Standing):
    """A standing whose members and teams are given."""

    def __init__(self, members: list[Member], team: TeamInfo) -> None:
        vars(self).update(vars(evaluate([])))
        vars(self).update(
            members={one.id: one for one in members}, teams={team.id: team}, mode="enforced"
        )


def member(number: int, name: str, email: str, *allow: str) -> Member:
    return Member(
        f"member-20261126-aaaaaaa{number}", name, email, "viewer", frozenset(), allow, (),
        frozenset({TEAM}), (), (), "active", "", "2026-11-26T00:00:00.000Z", number, (),
        frozenset(), "",
    )  # fmt: skip


def page(name: str, *people: Member, model: Any = "deepseek-chat") -> bytes:
    team = TeamInfo(TEAM, name, {"defaultModel": model}, {}, frozenset(), False)
    return team_view.text(Told(list(people), team), team, "bade bide bode bude babe bibe")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_people_call_themselves_it_is_yaml(team: str, name: str, email: str) -> None:
    made = page(team, member(1, name, email), member(2, email, name, "session:invite"))
    assert yaml_scan.objection(made) == ""
    told = yaml.safe_load(made)
    assert list(told) == [
        "renderer", "id", "name", "deleted", "mode", "fingerprint", "settings", "members"
    ]  # fmt: skip
    assert [list(one) for one in told["members"]] == [
        ["email", "name", "role", "state", "since"],
        ["email", "name", "role", "state", "since", "allow", "deny"],
    ]
    if name.isascii() and name.isprintable():
        assert told["members"][0]["name"] == " ".join(name.split())


def test_a_team_of_very_many_fits() -> None:
    for length in (6, 300):
        many = [member(n, "é" * length, f"{n}@example.com") for n in range(2_000)]
        made = page("core", *many)
        assert yaml_scan.objection(made) == ""
        assert len(yaml.safe_load(made)["members"]) > 60


def test_two_clones_settle_on_one_page(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.person(hub, "ada"), box.person(hub, "ben")
    ada.nc("team", "create", "core")
    code = ada.nc("team", "add", "ben@example.com", "--role", "admin", "--json").json["code"]
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("team", "join", code)
    ada.nc("team", "set", "autoJoin", "true")
    ben.nc("team", "set", "defaultModel", "a-model")
    for one in (ada, ben, ada, ben):
        one.nc("sync")
    name = ada.nc("team", "show", "--json").json["id"]
    pages = [clone.git("show", f"naturecode:team/{name}.yml") for clone in (ada, ben)]
    assert pages[0] == pages[1]
    told = yaml.safe_load(pages[0])
    assert told["settings"] == {
        "defaultModel": "a-model", "sessionVisibility": "team", "autoJoin": True
    }  # fmt: skip
    heads = [clone.git("rev-parse", "naturecode") for clone in (ada, ben)]
    for one in (ben, ada, ben):
        one.nc("sync")
    assert [clone.git("rev-parse", "naturecode") for clone in (ada, ben)] == heads


def test_a_page_of_a_later_program_stays(clone: Clone) -> None:
    clone.nc("team", "create", "core")
    name = clone.nc("team", "show", "--json").json["id"]
    with clone.store() as store:
        assert views.refresh(store) == 1
        assert views.refresh(store) == 0
    path = clone.path / "page.yml"
    path.write_text("renderer: 99\n")
    blob = clone.git("hash-object", "-w", str(path)).strip()
    clone.git("read-tree", "--index-output=.git/other", "naturecode")
    clone.env["GIT_INDEX_FILE"] = ".git/other"
    clone.git("update-index", "--add", "--cacheinfo", f"100644,{blob},team/{name}.yml")
    tree = clone.git("write-tree").strip()
    del clone.env["GIT_INDEX_FILE"]
    commit = clone.git("commit-tree", "-p", "naturecode", "-m", "later", tree).strip()
    clone.git("update-ref", "refs/heads/naturecode", commit)
    clone.nc("team", "set", "autoJoin", "true")
    with clone.store() as store:
        assert views.refresh(store) == 0
    assert clone.git("show", f"naturecode:team/{name}.yml") == "renderer: 99\n"
