"""The folder of a clone whose data branch means harm: nothing leaves it, nothing breaks it."""

import json
import os
from pathlib import Path

import pytest

from folder.shown import files, page, pages
from git_naturecode.clock import DAY_MS, iso, system_ms
from git_naturecode.folder import update
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.paths import segment_path
from security.hostile import Scene, device_of
from security.test_trees import LET_THROUGH, _lines

_AT = iso(system_ms() - DAY_MS)


def _local_branch(stage: Scene, lines: list[tuple[str, bytes, str]]) -> None:
    """Put `lines` on the data branch of Ben's own clone, past every gate."""
    here = Scene(stage.box, stage.ben.path / ".git", stage.ada, stage.ben, stage.session)
    here.plant(here.tree([*here.top(), *lines]))


def _update(stage: Scene) -> update.Updated:
    with stage.ben.store(many=False) as store:
        return update.update(store)


def _outside(stage: Scene) -> set[str]:
    return {
        str(path.relative_to(stage.box.path))
        for path in stage.box.path.rglob("*")
        if ".git/" not in f"{path}/" and "hub.git" not in str(path)
    }


@pytest.mark.parametrize("name", [*LET_THROUGH, "dot dot", "dot git", "slash inside", "absolute"])
def test_hostile_names_on_the_local_branch_itself(stage: Scene, name: str) -> None:
    here = Scene(stage.box, stage.ben.path / ".git", stage.ada, stage.ben, stage.session)
    _local_branch(stage, _lines(here, name))
    before = _outside(stage)
    found = _update(stage)
    new = _outside(stage) - before
    assert all(path.startswith("ben/.naturecode") for path in new), new
    assert set(files(stage.ben)) <= {"README.md", "team/core.yml"} | {
        str(page(stage.ben, stage.session).relative_to(stage.ben.path / ".naturecode"))
    }
    assert not [path for path in (stage.ben.path / ".naturecode").rglob("*") if path.is_symlink()]
    assert found.kept == {}
    assert stage.canary_is_untouched()
    assert not (stage.box.path / "pwned").exists()
    for path in (stage.ben.path / ".naturecode").rglob("*"):
        assert path.is_dir() or not path.stat().st_mode & 0o111  # nothing to run


def test_files_that_are_configuration_or_too_large_stay_out(stage: Scene) -> None:
    here = Scene(stage.box, stage.ben.path / ".git", stage.ada, stage.ben, stage.session)
    blob = here.blob(b"* filter=evil\n")
    large = here.blob(b"x" * (2 << 20))
    names = [b".gitattributes2", b".gitmodules", b"CLAUDE.md", b".envrc", b"conftest.py", b"con.md"]
    lines = [("100644", name, blob) for name in names]
    lines.append(("40000", b"prompts", here.tree([("100644", b"big.md", large),
                                                  ("100644", b"nul.md", blob),
                                                  ("100644", b"good.md", blob)])))  # fmt: skip
    _local_branch(stage, lines)
    _update(stage)
    assert {path for path in files(stage.ben) if not path.startswith("sessions/")} == {
        "README.md", "prompts/good.md"
    }  # fmt: skip


def _entry(number: int, kind: str, body: str | None = None, **fields: Json) -> Entry:
    header: dict[str, Json] = {
        "id": f"{number:013}-{'d' * 16}", "at": f"{_AT}/{number:04}", "kind": kind,
        "by": "eve@example.com", "salt": str(number), **fields,
    }  # fmt: skip
    return format.make(header, body)


@pytest.mark.parametrize(
    "opened",
    [
        {"title": "../../../canary"},
        {"title": "/etc/passwd\0"},
        {"title": "x" * 20_000},
        {"title": "\x1b]0;pwned\x07\u202e\n---\nid: fake"},
        {"title": "a", "t": "../../pwned"},
        {"title": "a", "t": "9999-99-99T00:00:00Z"},
        {"title": "a", "t": "2026-11-22T\n../../x"},
        {"title": ["no", {"text": 1}], "origin": {"tool": ["x"], "session": {}}},
        {"title": "CON", "origin": {"tool": "\x1b[2J"}},
        {"title": "a", "by": {"not": "a text"}, "name": 7},
    ],
    ids=range(10),
)
def test_hostile_sessions(stage: Scene, opened: dict[str, Json]) -> None:
    here = Scene(stage.box, stage.ben.path / ".git", stage.ada, stage.ben, stage.session)
    device, evil = device_of(stage.ada), "session-20261122-zzzzzzz9"
    entries = [
        _entry(1, "open", visibility="team", **opened),
        _entry(2, "message", "\x1b[2J```\n<script>\u202e", role="user", t="x"),
        _entry(3, "message", None, role="tool", tool={"x": 1}, target=["`", "\n"], size="big"),
        _entry(4, "file", path="\x1b]52;\n../../x", lines="`"),
        _entry(5, "comment", "> ```\n", on="nothing"),
        _entry(6, "add", field="tags", value="\u2028]\x07"),
    ]
    text = format.preamble(evil, device, 1) + "".join(map(format.block, entries))
    blob = here.blob(text.encode())
    tip = here.commit(here.with_file(segment_path(evil, device, 1), blob), here.tip())
    here.git("update-ref", "refs/heads/naturecode", tip)
    before = _outside(stage)
    _update(stage)
    new = _outside(stage) - before
    assert all(path.startswith("ben/.naturecode") for path in new), new
    assert pages(stage.ben) == {stage.session, evil}
    found = page(stage.ben, evil)
    assert len(found.name) <= 104
    assert all(character.isascii() and character.isprintable() for character in found.name)
    shown = found.read_text()
    assert not any(hidden in shown for hidden in "\x1b\x07\u202e\u2028\0")
    assert shown.count("\n---\n") == 1 or "id: fake" not in shown.split("\n---\n")[1]
    assert stage.canary_is_untouched()


def test_a_link_in_the_work_tree_leads_nowhere(stage: Scene, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (stage.ben.path / ".naturecode").symlink_to(victim)
    found = _update(stage)
    assert (found.state, found.written) == (update.BLOCKED, 0)
    assert "is not a folder" in stage.ben.nc("folder", code=1).err
    assert "is not a folder" in stage.ben.nc("status").out
    (stage.ben.path / ".naturecode").unlink()
    (stage.ben.path / ".naturecode").mkdir()
    (stage.ben.path / ".naturecode/sessions").symlink_to(victim)
    assert list(_update(stage).kept.values()) == [".naturecode/sessions is not a folder"]
    assert os.listdir(victim) == []
    assert json.loads(stage.ben.nc("status", "--json").out)["folder"]
