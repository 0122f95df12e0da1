"""What happens to commits: each keeps its session, with hooks and by repair alone."""

from collections.abc import Callable

import pytest

from box import Box, Clone
from git_naturecode import linking
from git_naturecode.domain.links import Link
from git_naturecode.linking import repair
from linking.test_drain import change, sessions_of, trailer


@pytest.fixture(params=["hooks", "repair"])
def clone(box: Box, request: pytest.FixtureRequest) -> Clone:
    """A repository with some code, a session, and a branch `topic` of two linked commits."""
    return box.scene(f"survival {request.param}", lambda: begun(box, request.param == "hooks"))


def begun(box: Box, hooks: bool) -> Clone:
    made = box.ready()
    for number in range(3):
        change(made, f"base{number}.py", "".join(f"{line}\n" for line in range(30)), "Base")
    made.env["RETRY"] = session = made.start()
    made.git("switch", "-q", "-c", "topic")
    for name in ("a", "b"):
        change(made, f"{name}.py", f"{name} 1\n{name} 2\n", f"Add {name}", trailer(session))
        made.nc("session", "attach", session)
    # Another session is at work from now on, which nothing shall be blamed on.
    made.env["OTHER"] = made.start("Another")
    made.nc("session", "use", "--none")
    if hooks:
        made.git("config", "naturecode.hooks", "true")
        made.nc("hooks", "install")
        made.nc("session", "use", session)  # which brings those of a commit
        made.nc("session", "use", "--none")
        assert (made.path / ".git/hooks/commit-msg").exists()
    return made


def by_hooks(clone: Clone) -> bool:
    return (clone.path / ".git/hooks/post-rewrite").exists()


def session_at(clone: Clone, commit: str = "HEAD") -> set[str]:
    """The sessions that `commit` has after a drain, or that repair would give it."""
    oid = clone.git("rev-parse", commit).strip()
    return sessions_of(links_at(clone, oid))


def links_at(clone: Clone, oid: str) -> list[Link]:
    with clone.store(many=False) as store:
        linking.drain(store)
        found = [link for link in linking.find(store, oid) if link.state == "linked"]
        return found if found or by_hooks(clone) else repair.look(store, oid)


def kept(clone: Clone, *commits: str) -> bool:
    return all(session_at(clone, one) == {clone.env["RETRY"]} for one in commits or ("HEAD",))


def todo(clone: Clone, script: str) -> None:
    """What an editor does to the list of an interactive rebase."""
    path = clone.path.parent / "todo.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    clone.env["GIT_SEQUENCE_EDITOR"] = str(path)
    clone.env["GIT_EDITOR"] = "true"


def move_main(clone: Clone) -> None:
    """Something else on main, so that a rebase makes new commits."""
    clone.git("switch", "-q", "main")
    change(clone, "other.py", "other\n", "Other")
    clone.git("switch", "-q", "topic")


def amend_no_edit(clone: Clone) -> None:
    (clone.path / "b.py").write_text("b 1\nb 2\nb 3\n")
    clone.git("commit", "-q", "-a", "--amend", "--no-edit")


def amend_message(clone: Clone) -> None:
    clone.git("commit", "-q", "--amend", "-m", "Say it better")


def rebase(clone: Clone) -> None:
    move_main(clone)
    clone.git("rebase", "-q", "main")
    assert kept(clone, "HEAD~1")


def rebase_without_trailers(clone: Clone) -> None:
    clone.git("rebase", "-q", "--exec", "git commit -q --amend -m plain", "HEAD~2", "--force")
    move_main(clone)
    clone.git("rebase", "-q", "main")
    assert kept(clone, "HEAD~1")


def rebase_squash(clone: Clone) -> None:
    todo(clone, "sed -i '2s/^pick/squash/' \"$1\"")
    clone.git("rebase", "-q", "-i", "HEAD~2")
    assert clone.git("rev-list", "--count", "main..HEAD").strip() == "1"


def rebase_fixup(clone: Clone) -> None:
    todo(clone, "sed -i '2s/^pick/fixup/' \"$1\"")
    clone.git("rebase", "-q", "-i", "HEAD~2")


def fixup_of_what_has_no_session(clone: Clone) -> None:
    clone.git("switch", "-q", "-c", "mixed", "main")
    change(clone, "c.py", "c\n", "Add c")
    clone.git("cherry-pick", "topic")
    todo(clone, "sed -i '2s/^pick/fixup/' \"$1\"")
    clone.git("rebase", "-q", "-i", "HEAD~2")


def autosquash(clone: Clone) -> None:
    (clone.path / "b.py").write_text("b 1\nb two\n")
    clone.git("commit", "-q", "-a", "--fixup", "HEAD")
    todo(clone, "true")
    clone.git("rebase", "-q", "-i", "--autosquash", "HEAD~3")
    assert kept(clone, "HEAD~1")


def rebase_onto(clone: Clone) -> None:
    clone.git("switch", "-q", "-c", "release", "main~1")
    change(clone, "other.py", "other\n", "Other")
    clone.git("rebase", "-q", "--onto", "release", "main", "topic")
    assert kept(clone, "HEAD~1")


def cherry_pick(clone: Clone) -> None:
    clone.git("switch", "-q", "-c", "release", "main~1")
    clone.git("cherry-pick", "topic~1", "topic")
    assert kept(clone, "HEAD~1")


def cherry_pick_x(clone: Clone) -> None:
    clone.git("switch", "-q", "-c", "release", "main~1")
    clone.git("cherry-pick", "-x", "topic")


def merge_squash(clone: Clone) -> None:
    clone.git("switch", "-q", "main")
    change(clone, "other.py", "other\n", "Other")
    clone.git("merge", "-q", "--squash", "topic")
    clone.git("commit", "-q", "--no-edit")


def merge_squash_with_another_message(clone: Clone) -> None:
    clone.git("switch", "-q", "main")
    clone.git("merge", "-q", "--squash", "topic")
    clone.git("commit", "-q", "-m", "All of it")


def reset_soft(clone: Clone) -> None:
    clone.nc("session", "use", clone.env["RETRY"])
    clone.git("reset", "-q", "--soft", "HEAD~2")
    clone.git("commit", "-q", "-m", "Both")


def stash_and_pop(clone: Clone) -> None:
    (clone.path / "a.py").write_text("changed\n")
    clone.git("stash", "-q")
    clone.git("switch", "-q", "-c", "later")
    clone.git("stash", "pop", "-q")
    assert kept(clone, "HEAD", "HEAD~1")


def forge_squash_with_bodies(clone: Clone) -> None:
    body = "\n\n".join(
        "* " + clone.git("show", "-s", "--format=%B", one).strip() for one in ("topic~1", "topic")
    )
    squash_elsewhere(clone, f"Topic (#12)\n\n{body}")


def forge_squash_with_title_alone(clone: Clone) -> None:
    squash_elsewhere(clone, "Topic (#12)")


def gitlab_squash(clone: Clone) -> None:
    squash_elsewhere(clone, "Topic")


def squash_elsewhere(clone: Clone, message: str) -> None:
    """What a forge does: no hook runs, the commit comes by fetch."""
    move_main(clone)
    clone.git("switch", "-q", "main")
    clone.git("merge", "-q", "--squash", "topic")
    plumb(clone, message, clone.git("write-tree").strip(), "HEAD")


def plumb(clone: Clone, message: str, tree: str, *parents: str) -> None:
    """A commit as libgit2, a forge or a filter makes it: no hook, no reflog that tells why."""
    words = [word for one in parents for word in ("-p", one)]
    new = clone.git("commit-tree", tree, *words, "-m", message).strip()
    clone.git("reset", "-q", "--hard", new)


def filtered_by_a_forge(clone: Clone) -> None:
    """Other ids all the way down, other messages, equal trees."""
    before = clone.git("rev-list", "--reverse", "HEAD").split()
    new = clone.git("commit-tree", f"{before[0]}^{{tree}}", "-m", "anew").strip()
    for old in before[1:]:
        new = clone.git("commit-tree", f"{old}^{{tree}}", "-p", new, "-m", "anew").strip()
    clone.git("reset", "-q", "--hard", new)
    assert kept_without_hooks(clone, "HEAD~1")


def rewritten_by_a_gui(clone: Clone) -> None:
    """A reword of the commit before the last, as jj or a program on libgit2 does it."""
    first = clone.git("commit-tree", "HEAD~1^{tree}", "-p", "HEAD~2", "-m", "reworded").strip()
    second = clone.git("commit-tree", "HEAD^{tree}", "-p", first, "-m", "Add b, too").strip()
    clone.git("reset", "-q", "--hard", second)
    assert kept_without_hooks(clone, "HEAD~1")


def mailed(clone: Clone) -> None:
    folder = clone.path.parent / "mail"
    clone.git("format-patch", "-q", "-o", str(folder), "main")
    clone.git("switch", "-q", "-c", "from-mail", "main~1")
    clone.git("am", "-q", *sorted(map(str, folder.iterdir())))
    assert kept_without_hooks(clone, "HEAD~1")


def kept_without_hooks(clone: Clone, commit: str = "HEAD") -> bool:
    """What no hook was told is found again by repair."""
    oid = clone.git("rev-parse", commit).strip()
    with clone.store(many=False) as store:
        linking.drain(store)
        found = linking.find(store, oid) or repair.look(store, oid)
    return sessions_of(found) == {clone.env["RETRY"]}


HERE = (
    amend_no_edit, amend_message, rebase, rebase_without_trailers, rebase_squash, rebase_fixup,
    autosquash, rebase_onto, cherry_pick, cherry_pick_x, merge_squash,
    merge_squash_with_another_message, reset_soft, stash_and_pop,
)  # fmt: skip
ELSEWHERE = (
    forge_squash_with_bodies, forge_squash_with_title_alone, gitlab_squash, filtered_by_a_forge,
    rewritten_by_a_gui, mailed,
)  # fmt: skip
Change = Callable[[Clone], None]


@pytest.mark.parametrize("happens", HERE, ids=lambda one: one.__name__)
def test_a_commit_keeps_its_session(clone: Clone, happens: Change) -> None:
    happens(clone)
    assert kept(clone)


@pytest.mark.parametrize("happens", ELSEWHERE, ids=lambda one: one.__name__)
def test_what_no_hook_sees_is_found_again(clone: Clone, happens: Change) -> None:
    happens(clone)
    assert kept_without_hooks(clone)


def test_a_fixup_into_a_commit_of_nobody_brings_the_session(clone: Clone) -> None:
    fixup_of_what_has_no_session(clone)
    if by_hooks(clone):
        assert kept(clone)


def test_a_revert_has_no_session_but_says_what_it_reverts(clone: Clone) -> None:
    from git_naturecode.domain import links

    old = clone.git("rev-parse", "HEAD").strip()
    clone.git("revert", "--no-edit", "HEAD")
    assert session_at(clone) == set()
    assert links.reverted(clone.git("show", "-s", "--format=%B")) == [old]
    clone.git("revert", "--no-edit", "HEAD")  # the change is there again
    assert kept_without_hooks(clone)


def test_what_others_did_is_not_linked(clone: Clone) -> None:
    """A merge and an empty commit have the trees of linked ones, another one has their paths."""
    clone.git("commit", "-q", "--allow-empty", "-m", "Nothing")
    assert session_at(clone) == set()
    clone.git("switch", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    assert session_at(clone) == set()
    change(clone, "a.py", "something else\n", "Change a")
    assert session_at(clone) == set()


def test_an_empty_commit_in_a_filtered_history_is_nobodys(clone: Clone) -> None:
    filtered_by_a_forge(clone)
    clone.git("commit", "-q", "--allow-empty", "-m", "Nothing")
    with clone.store(many=False) as store:
        assert repair.look(store, clone.git("rev-parse", "HEAD").strip()) == []


def test_commits_of_others_do_not_get_the_active_session(clone: Clone) -> None:
    clone.nc("session", "use", clone.env["OTHER"])
    rebase(clone)
    assert kept(clone)
    clone.git("switch", "-q", "-c", "release", "main~1")
    clone.git("cherry-pick", "topic")
    assert kept(clone)
