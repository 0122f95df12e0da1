"""Each damage is named, mended, and costs nothing that anybody was told is kept."""

import random
import shutil
import subprocess
from typing import Any

import pytest

import crash
from box import Box, Clone
from damage import REF, Damage, clear_journal, git_dir, state
from damages import DAMAGES
from seeds import SEED

PAIRS, MANY_PAIRS = 5, 150
IMPOSSIBLE = (AssertionError, OSError, ValueError, subprocess.CalledProcessError)
TOGETHER = 7
DEEP = [name for name, damage in DAMAGES.items() if damage.is_deep]
# By check, so that of each check only one comes into a group.
ALONE = [name for name, damage in DAMAGES.items() if damage.alone]
LIGHT = sorted(
    (name for name, damage in DAMAGES.items() if not damage.is_deep and not damage.alone),
    key=lambda name: DAMAGES[name].check,
)


class Patient:
    """A clone with a remote, shared and private sessions, some of it not pushed yet."""

    def __init__(self, clone: Clone, shared: str, private: str) -> None:
        self.clone, self.shared, self.private = clone, shared, private
        self.before: dict[str, list[str]] = {}

    def said(self) -> dict[str, list[str]]:
        """Every text, by session."""
        return {one: self.clone.texts(one) for one in sorted(self.clone.ids())}

    def diagnosis(self, *args: str, code: int) -> list[dict[str, Any]]:
        """What the doctor says."""
        said = self.clone.nc("doctor", "--json", *args, code=code).json
        assert said["ok"] == (code == 0)
        found: list[dict[str, Any]] = said["items"]
        return found

    def suffer(self, *names: str) -> None:
        """Do these damages, and see that the doctor names each of them and changes nothing."""
        for name in names:
            DAMAGES[name].do(self.clone)
        head = git_dir(self.clone).joinpath(REF)
        was = head.read_bytes() if head.is_file() else None
        found = self.diagnosis(code=1)
        assert (head.read_bytes() if head.is_file() else None) == was
        for name in names:
            assert [one for one in found if fits(one, DAMAGES[name])], (name, found)

    def be_cured(self, *names: str) -> None:
        """The doctor mends all, then everything is there."""
        left = any(DAMAGES[name].left for name in names)
        # What was said last stands in one blob and in the journal: no third copy is anywhere.
        both = {"log", "journal"} <= {DAMAGES[name].takes for name in names}
        found = self.diagnosis("--fix", code=1 if left or both else 0)
        gone = [one["message"] for one in found if "nothing in this clone" in one["message"]]
        says = f"{self.shared} (Together) has lost 1 text: nothing in this clone holds"
        assert [one[: len(says)] for one in gone] == ([says] if both else [])
        found = [one for one in found if one["message"] not in gone]
        mine = [one for one in found if one["level"] != "ok" and not one["fixed"]]
        assert [one for one in mine if not any(fits(one, DAMAGES[n]) for n in names)] == []
        assert all(DAMAGES[n].left for one in mine for n in names if fits(one, DAMAGES[n]))
        again = self.diagnosis(code=1 if left else 0)
        assert {one["check"] for one in again if one["level"] != "ok"} == {
            one["check"] for one in mine
        }
        now = self.said()
        lost = [
            text
            for session, texts in self.before.items()
            for text in texts
            if text not in now.get(session, [])
        ]
        assert lost == (["third"] if both else [])
        for session in self.before:
            assert len(set(now[session])) == len(now[session])
        # The log of another work tree's HEAD goes on naming what was lost.
        more = ("--no-reflogs",) * ("a branch that is checked out" in names)
        assert crash.fsck(self.clone, ".git", *more) == ""
        assert crash.fsck(self.clone, ".git/naturecode/private.git") == ""


def fits(found: dict[str, Any], damage: Damage) -> bool:
    """True when `found` is about `damage`."""
    same = (found["check"], found["level"]) == (damage.check, damage.level)
    return same and damage.says in found["message"]


@pytest.fixture
def patient(box: Box) -> Patient:
    """A clone of its own, with the device that wrote what is in it."""
    return box.scene("patient", lambda: made(box))


def made(box: Box) -> Patient:
    """Something of everything, synced, drained and said since."""
    clone = box.clone(box.remote(), "ada")
    private = clone.start("Alone", "private")
    clone.nc("session", "say", private, "nobody else knows")
    shared = clone.start("Together")
    clone.nc("session", "say", shared, "first")
    clone.nc("sync")
    clone.nc("session", "say", shared, "second")
    clone.nc("session", "list")
    clone.nc("session", "say", shared, "third")
    one = Patient(clone, shared, private)
    one.before = one.said()
    assert sum(map(len, one.before.values())) == 4
    return one


def test_a_healthy_clone_is_well(patient: Patient) -> None:
    assert {one["level"] for one in patient.diagnosis(code=0)} == {"ok"}
    said = patient.clone.nc("doctor", "--fix")
    assert "mended" not in said.out + said.err
    assert said.err == "all is well\n"


@pytest.mark.parametrize("name", [*DEEP, *ALONE])
def test_damage_is_named_and_mended(patient: Patient, name: str) -> None:
    patient.suffer(name)
    patient.be_cured(name)
    patient.clone.nc("session", "say", patient.shared, "and on")
    patient.clone.nc("session", "say", patient.private, "and on")


@pytest.mark.parametrize("number", range(TOGETHER))
def test_other_damage_is_named_and_mended(patient: Patient, number: int) -> None:
    """Several at once, since none of them stands in the way of another."""
    names = LIGHT[number::TOGETHER]
    patient.suffer(*names)
    patient.be_cured(*names)


def test_without_any_copy_only_that_text_is_lost(patient: Patient) -> None:
    names = ("a damaged log", "no ref and no journal")
    for name in names:
        DAMAGES[name].do(patient.clone)
    patient.be_cured(*names)


def test_what_is_gone_here_comes_back_from_a_clone_that_has_it(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start("Together")
    for text in ("first", "second", "third"):
        ada.nc("session", "say", session, text)
        ada.nc("session", "list")
    ada.nc("sync")
    ben.nc("sync")
    DAMAGES["a damaged log"].do(ada)
    clear_journal(ada)
    said = ada.nc("doctor", "--fix", code=1)
    assert f"{session} (Together) has lost 1 text" in said.out
    assert "`git naturecode sync` there and then here brings it back" in said.out
    assert ada.texts(session) == ["first", "second"]
    ada.nc("doctor")
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["first", "second", "third"]


def test_what_is_gone_of_a_private_session_is_only_in_a_backup(patient: Patient) -> None:
    private = state(patient.clone, "private.git")
    patient.clone.nc("session", "say", patient.private, "unheard")
    patient.clone.nc("session", "list")
    shutil.rmtree(private / "objects")
    (private / "objects").mkdir()
    clear_journal(patient.clone)
    shutil.rmtree(state(patient.clone, "spool", "private-journal"))
    said = patient.clone.nc("doctor", "--fix", code=1)
    assert f"{patient.private} (Alone) has lost 2 texts" in said.out
    assert "only a backup of this clone can have it" in said.out


@pytest.mark.parametrize("number", range(PAIRS))
def test_two_at_once(patient: Patient, number: int) -> None:
    pair(patient, random.Random(f"{SEED} {number}"))


@pytest.mark.torture
@pytest.mark.parametrize("number", range(MANY_PAIRS))
def test_many_pairs(patient: Patient, number: int) -> None:
    pair(patient, random.Random(f"many {SEED} {number}"))


@pytest.mark.torture
@pytest.mark.parametrize("name", LIGHT)
def test_each_by_itself(patient: Patient, name: str) -> None:
    patient.suffer(name)
    patient.be_cured(name)


def pair(patient: Patient, chance: random.Random) -> None:
    """One damage of the record, and any other."""
    others = [name for name in DAMAGES if name != "a lock that is not ours"]  # it stops git itself
    names = [chance.choice(others), chance.choice(DEEP)]
    print(names)
    try:
        for name in dict.fromkeys(names):
            DAMAGES[name].do(patient.clone)
    except IMPOSSIBLE:  # the first leaves nothing for the second to damage
        return
    # One may have undone the other, so that nothing is left to be found.
    patient.be_cured(*names)
