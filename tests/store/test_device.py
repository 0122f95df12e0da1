"""A clone is one device: copied it becomes another, moved it stays the same."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.store import device, paths
from trees import join_trees


def device_of(clone: Clone) -> str:
    """The device that `clone` writes as."""
    with clone.store(many=False) as store:
        return store.device


def copy(clone: Clone, name: str) -> Clone:
    """`cp -r` of a whole clone."""
    path = clone.path.parent / name
    shutil.copytree(clone.path, path, symlinks=True)
    return Clone(path, clone.way, clone.env)


def test_a_copied_clone_is_another_device(box: Box) -> None:
    clone = crash.set_up(box)
    mine = device_of(clone)
    other = copy(clone, "copy")
    assert device_of(other) != mine
    assert device_of(other) == device_of(other)
    assert device_of(clone) == mine


def test_a_moved_clone_keeps_its_device(box: Box) -> None:
    clone = crash.set_up(box)
    mine = device_of(clone)
    shutil.move(clone.path, box.path / "elsewhere")
    assert device_of(Clone(box.path / "elsewhere")) == mine


def test_before_init_there_is_none(box: Box) -> None:
    clone = box.repo()
    with clone.store(many=False) as store, pytest.raises(NaturecodeError, match="not set up"):
        _ = store.device


@pytest.mark.parametrize("text", ["", "[]", "{", '{"device": "x", "place": 1}', "null"])
def test_a_torn_file_makes_a_new_device(box: Box, text: str) -> None:
    clone = crash.set_up(box)
    mine = device_of(clone)
    (clone.path / ".git/naturecode/device").write_text(text)
    assert device_of(clone) != mine


def test_a_device_that_is_no_id_does_not_count(box: Box) -> None:
    clone = crash.set_up(box)
    path = clone.path / ".git/naturecode/device"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "device": "../../x"}))
    assert device_of(clone).isalnum()


def test_two_commands_at_once_make_one_device(box: Box) -> None:
    clone = copy(crash.set_up(box), "copy")
    state = str(clone.path / ".git/naturecode")
    found: list[str] = []

    def require() -> None:
        found.append(device.require(state, os.environ, os.urandom))

    threads = [threading.Thread(target=require) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_the_keys_of_a_device_can_be_read_by_its_owner_only(box: Box) -> None:
    clone = box.ready()
    folder = Path(device.config_folder(os.environ), "keys")
    mine = device_of(clone)
    assert {f"{mine}.key", f"{mine}.seal"} <= {path.name for path in folder.iterdir()}
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o77 == 0


def test_private_keys_do_not_go_into_a_work_tree(box: Box, sealed: Path) -> None:
    """A home that is a work tree: the next `git add -A` there would take them along."""
    clone = box.repo()
    subprocess.run(["git", "init", "-q", str(sealed)], check=True)
    said = clone.nc("init", code=5)
    assert f"in the work tree {sealed}" in said.err
    assert "XDG_CONFIG_HOME" in said.err
    assert not (sealed / ".config/naturecode/keys").exists()
    (sealed / ".gitignore").write_text(".config/naturecode\n")
    clone.nc("init")
    (sealed / ".gitignore").unlink()
    found = [
        one
        for one in clone.nc("doctor", "--json", code=1).json["items"]
        if one["check"] == "person"
    ]
    assert any("work tree" in one["message"] for one in found)


def test_what_waited_in_a_copied_clone_is_one_entry_after_all(box: Box) -> None:
    """Both copies drain the same texts; they have to come to the same place."""
    clone = crash.set_up(box)
    entity = crash.new_session()
    with clone.store(many=False) as store:
        said = crash.say(store, entity, "drained before")
        store.settle()
        said += crash.say(store, entity, "waiting", "waiting too")
    other = copy(clone, "copy")
    for one, text in ((clone, "here"), (other, "there")):
        with one.store(many=False) as store:
            said += crash.say(store, entity, text)
            store.settle()
    ours, theirs = contents(clone), contents(other)
    joined = join_trees(ours, theirs)
    assert joined == join_trees(theirs, ours)
    text = b"".join(data for path, data in joined.items() if path.startswith("log/")).decode()
    assert [text.count(f"<!-- nc:end {one} ") for one in said] == [1] * 5
    writers = {key[1] for path in joined if (key := paths.parse_segment_path(path))}
    assert writers == {device_of(clone), device_of(other)}
    crash.check(clone, said[:4])
    crash.check(other, [*said[:3], said[4]])


def contents(clone: Clone) -> dict[str, bytes]:
    """All files of the data branch."""
    with clone.store(many=False) as store:
        objects = store.team.objects
        found = tree.files(objects, store.team.tree())
        return {path: objects.read(oid)[1] for path, oid in found.items()}
