"""Merges made without a work tree: what comes out is what git itself would make of it."""

import os
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.errors import Negative
from git_naturecode.git import committing, hooked, landing, merging
from git_naturecode.git import repo as repos
from git_naturecode.git.committing import Wanted
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed
from reviewing.made import commit

LINES = "".join(f"{number}\n" for number in range(1, 31))


@pytest.fixture
def clone(box: Box) -> Clone:
    """Main and a branch that have both gone on, without a conflict."""
    return box.scene("two branches that go together", lambda: _gone_on(box))


def _gone_on(box: Box) -> Clone:
    made = box.repo()
    commit(made, {"f": LINES, "gone": "g\n" * 9})
    made.git("checkout", "-q", "-b", "feature")
    commit(made, {"f": LINES.replace("5\n", "five\n", 1)}, "five\n\nbody ü")
    made.git("mv", "gone", "moved")
    commit(made, {"n/new": "new\n"}, "move")
    made.git("checkout", "-q", "main")
    commit(made, {"f": "0\n" + LINES, "gone": "g\n" * 9 + "more\n", "other": "o\n"}, "main")
    return made


def seen(clone: Clone) -> Repo:
    return repos.find(str(clone.path), dict(os.environ))


def oid(clone: Clone, name: str) -> str:
    return clone.git("rev-parse", name).strip()


def test_a_merge_is_the_one_that_git_makes(clone: Clone) -> None:
    found = merging.tried(seen(clone), oid(clone, "main"), oid(clone, "feature"))
    assert found.conflicts == ()
    clone.git("merge", "-q", "--no-edit", "feature")
    assert found.tree == oid(clone, "HEAD^{tree}")
    assert Path(clone.path, "moved").read_text().endswith("more\n")


def test_a_rebase_is_the_one_that_git_makes(clone: Clone) -> None:
    repo = seen(clone)
    onto = oid(clone, "main")
    for one in merging.between(repo, onto, oid(clone, "feature")):
        done = merging.applied(repo, one, onto)
        assert done.conflicts == ()
        wanted = Wanted(done.tree, (onto,), one.message, one.author)
        onto = committing.commit(repo, wanted, sign=False)
    clone.git("checkout", "-q", "feature")
    clone.git("rebase", "-q", "main")
    shape = "--format=%T%n%an%n%ae%n%ad%n%B"
    assert clone.git("log", shape, f"main..{onto}") == clone.git("log", shape, "main..feature")


def test_the_same_change_is_not_made_twice(clone: Clone) -> None:
    clone.git("cherry-pick", "feature~1")
    found = merging.between(seen(clone), oid(clone, "main"), oid(clone, "feature"))
    assert [one.subject for one in found] == ["move"]


def test_each_conflict_is_told_by_file(box: Box) -> None:
    clone = box.repo()
    commit(clone, {"f": LINES, "gone": "g\n", "d": "d\n", "odd\nname": LINES})
    clone.git("checkout", "-q", "-b", "feature")
    head = commit(clone, {"f": LINES.replace("5\n", "five\n"), "gone": None, "n": "a\n",
                          "odd\nname": "x\n" + LINES, "d": "d\n" * 3})  # fmt: skip
    clone.git("checkout", "-q", "main")
    onto = commit(clone, {"f": LINES.replace("5\n", "FIVE\n"), "gone": "G\n", "n": "b\n",
                          "odd\nname": "y\n" + LINES})  # fmt: skip
    repo = seen(clone)
    before = clone.git("for-each-ref") + clone.git("status", "--porcelain")
    found = {one.path: one.what for one in merging.tried(repo, onto, head).conflicts}
    assert set(found) == {"f", "gone", "n", "odd\nname"}
    assert "deleted" in found["gone"]
    picked = merging.applied(repo, merging.told(repo, [head])[0], onto)
    assert {one.path for one in picked.conflicts} == set(found)
    assert clone.git("for-each-ref") + clone.git("status", "--porcelain") == before


def test_what_has_nothing_in_common_is_not_merged(clone: Clone) -> None:
    clone.git("checkout", "-q", "--orphan", "alone")
    clone.git("commit", "-q", "-m", "alone")
    with pytest.raises(Negative, match="no history in common"):
        merging.tried(seen(clone), oid(clone, "main"), oid(clone, "alone"))


def test_who_wrote_it_and_how_many_merges(clone: Clone) -> None:
    clone.git("checkout", "-q", "feature")
    clone.git("-c", "user.name=Ben", "-c", "user.email=ben@x", "commit", "-q", "--allow-empty",
              "-m", "b")  # fmt: skip
    repo, main = seen(clone), oid(clone, "main")
    assert merging.merges(repo, main, oid(clone, "feature")) == 0
    clone.git("merge", "-q", "--no-edit", "main")
    assert merging.merges(repo, main, oid(clone, "feature")) == 1
    assert merging.authors(repo, main, oid(clone, "feature")) == [
        ("Ada", "ada@example.com"), ("Ben", "ben@x"),
    ]  # fmt: skip


def test_without_a_name_it_says_how_to_get_one(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = seen(clone)
    clone.git("config", "--global", "--unset", "user.email")
    clone.git("config", "user.useConfigOnly", "true")
    with pytest.raises(Negative, match="who you are"):
        committing.commit(repo, Wanted(oid(clone, "HEAD^{tree}"), (), "x"), sign=False)


# -- landing ---------------------------------------------------------------------------------------


def landed(clone: Clone, branch: str = "main") -> landing.Landing:
    return landing.Landing(seen(clone), branch, dict(os.environ))


def test_the_work_tree_that_shows_the_branch_comes_along(clone: Clone) -> None:
    clone.git("merge", "-q", "--no-edit", "feature")
    new = oid(clone, "HEAD")
    clone.git("reset", "-q", "--hard", "HEAD~1")
    Path(clone.path, "mine").write_text("not known to git\n")
    os.utime(Path(clone.path, "f"), (1, 1))
    assert landed(clone).move(new, "why")
    assert oid(clone, "HEAD") == new
    assert clone.git("status", "--porcelain") == "?? mine\n"
    assert clone.git("reflog", "show", "-1", "--format=%gs", "main") == "why\n"
    assert Path(clone.path, "moved").exists()


def test_a_branch_that_nobody_looks_at_moves_alone(clone: Clone) -> None:
    clone.git("checkout", "-q", "feature")
    Path(clone.path, "f").write_text("dirty\n")
    clone.git("branch", "new", "feature")
    clone.git("branch", "-f", "main", "feature~2")
    assert landed(clone).move(oid(clone, "feature"), "why")
    assert oid(clone, "main") == oid(clone, "feature")
    assert clone.git("status", "--porcelain") == " M f\n"


def state(clone: Clone) -> str:
    files = {str(p): p.read_bytes() for p in sorted(clone.path.glob("*")) if p.is_file()}
    return f"{clone.git('for-each-ref')}{clone.git('status', '--porcelain')}{files}"


@pytest.mark.parametrize(
    "what", ["changed", "staged", "in the way", "a merge", "a rebase", "linked"]
)
def test_what_could_be_lost_stops_it(clone: Clone, what: str) -> None:
    new = oid(clone, "feature")
    clone.git("reset", "-q", "--hard", "feature~2")
    if what == "changed":
        Path(clone.path, "f").write_text("mine\n")
    elif what == "staged":
        Path(clone.path, "f").write_text("mine\n")
        clone.git("add", "f")
    elif what == "in the way":
        Path(clone.path, "moved").write_text("mine\n")
    elif what == "a merge":
        Path(clone.path, ".git/MERGE_HEAD").write_text(new + "\n")
    elif what == "a rebase":
        Path(clone.path, ".git/rebase-merge").mkdir()
        Path(clone.path, ".git/rebase-merge/head-name").write_text("refs/heads/main\n")
    else:
        clone.git("worktree", "add", "-q", "--force", str(clone.path.parent / "two"), "main")
    before = state(clone)
    with pytest.raises(Negative):
        landed(clone).move(new, "why")
    assert state(clone) == before


def test_one_who_was_killed_in_between_is_gone_on_with(clone: Clone) -> None:
    """Index and files were brought along, the branch was not."""
    new = oid(clone, "feature")
    clone.git("reset", "-q", "--hard", "feature~2")
    clone.git("read-tree", "-m", "-u", "feature~2", "feature")
    assert clone.git("status", "--porcelain") != ""
    with pytest.raises(Negative):
        landed(clone).check()
    assert landed(clone).move(new, "why")
    assert oid(clone, "HEAD") == new
    assert clone.git("status", "--porcelain") == ""


def test_one_who_stops_it_finds_all_as_it_was(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = oid(clone, "feature")
    clone.git("reset", "-q", "--hard", "feature~2")
    before = state(clone)

    def stopped(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(landing.Landing, "_swap", stopped)
    with pytest.raises(KeyboardInterrupt):
        landed(clone).move(new, "why")
    assert state(clone) == before


def test_who_moved_it_meanwhile_is_not_undone(clone: Clone) -> None:
    new = oid(clone, "feature")
    clone.git("reset", "-q", "--hard", "feature~2")
    waiting = landed(clone)
    other = clone.git("commit-tree", "-p", "main", "-m", "other", "main^{tree}").strip()
    clone.git("update-ref", "refs/heads/main", other)
    before = state(clone)
    assert not waiting.move(new, "why")
    assert state(clone) == before


def test_a_hook_that_holds_refs_has_its_say(clone: Clone) -> None:
    new = oid(clone, "feature")
    clone.git("reset", "-q", "--hard", "feature~2")
    hook(clone, "reference-transaction", 'test "$1" != prepared')
    before = state(clone)
    with pytest.raises(GitFailed):
        landed(clone).move(new, "why")
    assert state(clone) == before


def test_there_has_to_be_a_branch(clone: Clone) -> None:
    for name in ("nowhere", "main~1", "main^{/first}", "../heads/main", "main@{0}", "", "-q"):
        with pytest.raises(Negative, match="there is no branch"):
            landed(clone, name)


# -- hooks -----------------------------------------------------------------------------------------


def hook(clone: Clone, name: str, body: str) -> None:
    path = Path(clone.path, ".git/hooks", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_hooks_see_and_change_the_message(clone: Clone) -> None:
    assert hooked.message(seen(clone), "one\n\ntwo", "merge") == "one\n\ntwo"
    hook(clone, "prepare-commit-msg", 'echo "Ticket: $2" >> "$1"')
    hook(clone, "commit-msg", 'echo "Change-Id: 1" >> "$1"')
    changed = hooked.message(seen(clone), "one", "merge")
    assert changed == "one\nTicket: merge\nChange-Id: 1"


def test_a_hook_may_refuse_the_message(clone: Clone) -> None:
    hook(clone, "commit-msg", "echo no ticket >&2; exit 1")
    with pytest.raises(Negative, match="no ticket"):
        hooked.message(seen(clone), "one", "merge")
    assert list(Path(clone.path, ".git").glob("naturecode-*")) == []


def test_which_hooks_stand_there(clone: Clone) -> None:
    hook(clone, "pre-commit", "true")
    hook(clone, "pre-rebase", "# >>> git naturecode: x")
    names = ("pre-commit", "pre-rebase", "post-rewrite")
    assert hooked.standing(seen(clone), names) == ["pre-commit"]
    hook(clone, "post-merge", "echo failed >&2; exit 1")
    assert landed(clone).tell() == "failed"
