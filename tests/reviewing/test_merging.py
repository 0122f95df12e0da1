"""Merging a review in each way, against what git itself makes, and what happens when it cannot."""

import os
import sys
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.drafts import setting
from git_naturecode.domain.links import sessions_named
from git_naturecode.errors import Negative, NotPermitted, Remote, Usage
from git_naturecode.git import landing as landings
from git_naturecode.reviewing.merging import Conflicts, NotYet, Request
from reviewing.made import BEN, CY, LINES, Begun, branch, commit, merging

TREES = {
    "merge": ("merge", "-q", "--no-ff", "--no-edit", "feature"),
    "squash": ("merge", "-q", "--squash", "feature"),
    "rebase": ("rebase", "-q", "main", "feature"),
}


def oid(clone: Clone, name: str) -> str:
    return clone.git("rev-parse", name).strip()


def state(clone: Clone) -> tuple[str, str, str]:
    """All that a merge could have touched, but for what is said of the review."""
    refs = clone.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main",
                     "refs/heads/feature", "refs/remotes", "refs/notes/commits")  # fmt: skip
    return refs, clone.git("status", "--porcelain"), clone.git("stash", "list")


@pytest.fixture
def begun(box: Box) -> Begun:
    """An approved review of two commits by two people; main has gone on."""

    def make() -> Begun:
        clone = box.ready()
        commit(clone, {"f": LINES, "old": "o\n" * 9})
        branch(clone, {"f": LINES.replace("\n5\n", "\nfive\n")}, "Five\n\nWhy: five.")
        clone.git("checkout", "-q", "feature")
        clone.git("mv", "old", "new")
        clone.git("-c", "user.name=Cy", "-c", f"user.email={CY}", "commit", "-q", "-m", "Move")
        clone.git("checkout", "-q", "main")
        commit(clone, {"f": "0\n" + LINES, "old": "o\n" * 9 + "more\n"}, "main goes on")
        made = Begun(clone)
        made.begin("Make five a word", "It reads better.\n\nMuch.")
        made.verdict(BEN)
        return made

    return box.scene("an approved review of two commits", make)


@pytest.mark.parametrize("strategy", ["merge", "squash", "rebase"])
def test_each_way_gives_the_tree_that_git_gives(begun: Begun, strategy: str) -> None:
    clone = begun.clone
    head, onto = oid(clone, "feature"), oid(clone, "main")
    done = begun.merge(strategy)
    assert oid(clone, "main") == done.result
    assert clone.git("status", "--porcelain") == ""
    assert Path(clone.path, "new").read_text().endswith("more\n")
    mine = clone.git("ls-tree", "-r", "main")
    (merge,) = begun.review().merges
    assert (merge.head, merge.onto, merge.result) == (head, onto, done.result)
    assert (merge.strategy, merge.base) == (strategy, "main")
    clone.git("reset", "-q", "--hard", onto)
    clone.git(*TREES[strategy])
    clone.git("add", "-A")
    assert clone.git("ls-files", "-s").replace(" 0\t", "\t") == mine.replace(" blob ", " ")


def test_a_merge_says_who_approved_and_of_which_review(begun: Begun) -> None:
    begun.merge()
    assert begun.clone.git("log", "-1", "--format=%B", "main").rstrip("\n") == (
        f"Merge feature: Make five a word\n\nReviewed-by: ben <{BEN}>\nReview: {begun.id}"
    )
    assert begun.clone.git("log", "-1", "--format=%P").split() == [
        oid(begun.clone, "main^1"), oid(begun.clone, "feature"),
    ]  # fmt: skip


def test_a_squash_is_one_commit_by_all_of_them(begun: Begun) -> None:
    before = oid(begun.clone, "main")
    begun.merge("squash")
    told = begun.clone.git("log", "-1", "--format=%an|%ae|%P|%B", "main").rstrip("\n")
    assert told == (
        f"Ada|ada@example.com|{before}|Make five a word\n\nIt reads better.\n\nMuch.\n\n"
        f"Reviewed-by: ben <{BEN}>\nCo-authored-by: Cy <{CY}>\nReview: {begun.id}"
    )


def test_a_rebase_keeps_who_wrote_what(begun: Begun) -> None:
    assert begun.merge("rebase").commits == 2
    told = begun.clone.git("log", "-2", "--reverse", "--format=%an|%s|%b", "main")
    assert told.split("\n\n") == [
        f"Ada|Five|Why: five.\nReviewed-by: ben <{BEN}>\nReview: {begun.id}",
        f"Cy|Move|Reviewed-by: ben <{BEN}>\nReview: {begun.id}",
        "",
    ]


def test_what_somebody_wrote_goes_before_the_trailers(begun: Begun) -> None:
    begun.merge("squash", message="Mine\n\nFixes: #1")
    assert begun.clone.git("log", "-1", "--format=%B", "main").startswith(
        "Mine\n\nFixes: #1\nReviewed-by: ben <"
    )


def test_forward_where_it_can_be(begun: Begun) -> None:
    with pytest.raises(Negative, match="gone on since"):
        begun.merge("ff")
    begun.clone.git("checkout", "-q", "feature")
    begun.clone.git("rebase", "-q", "main")
    begun.clone.git("checkout", "-q", "main")
    begun.push()
    assert begun.merge("ff").result == oid(begun.clone, "main") == oid(begun.clone, "feature")


def test_the_sessions_of_the_commits_are_named_and_linked(begun: Begun) -> None:
    clone = begun.clone
    session = clone.start()
    hidden = clone.start("private", "private")
    clone.nc("session", "attach", session, "feature~1")
    clone.nc("session", "attach", hidden, "feature")
    done = begun.merge("squash")
    message = clone.git("log", "-1", "--format=%B", "main")
    assert sessions_named(message) == [session]
    clone.nc("session", "use", "--none")
    why = clone.nc("why", "f:6", "--json").json
    assert session in str(why)
    shown = clone.nc("session", "show", session, "--json").json
    assert done.result in str(shown)


def test_links_follow_a_rebase(begun: Begun) -> None:
    clone = begun.clone
    session = clone.start()
    clone.nc("session", "attach", session, "feature~1")
    begun.merge("rebase")
    assert session in str(clone.nc("why", "f:6", "--json").json)
    assert oid(clone, "main~1") in str(clone.nc("session", "show", session, "--json").json)


def test_without_what_the_rules_ask_for_nothing_happens(begun: Begun) -> None:
    begun.verdict(BEN, "none")
    before = state(begun.clone)
    with pytest.raises(NotYet) as told:
        begun.merge()
    assert [one.text for one in told.value.explained.reasons if not one.ok] == ["0 of 1 approval"]
    with pytest.raises(NotYet):
        begun.plan()
    assert state(begun.clone) == before
    assert begun.review().merges == []


def test_the_rules_say_which_ways_there_are(begun: Begun) -> None:
    commit(begun.clone, {
        ".naturecode/review.yml": "version: 1\nrules: [{strategies: [squash, rebase]}]\n"
    })  # fmt: skip
    with pytest.raises(Negative, match="may not be merged by merge"):
        begun.merge("merge")
    with pytest.raises(Usage, match="no way to merge"):
        begun.merge("octopus")
    assert begun.plan().strategy == "squash"
    assert begun.merge().strategy == "squash"


def test_the_head_that_somebody_expects(begun: Begun) -> None:
    head = oid(begun.clone, "feature")
    with pytest.raises(Negative, match="the head is"):
        begun.merge(head="0123456")
    assert begun.merge(head=head[:12].upper()).head == head


@pytest.mark.parametrize("strategy", ["merge", "squash", "rebase"])
def test_a_conflict_is_told_by_file_and_changes_nothing(begun: Begun, strategy: str) -> None:
    commit(begun.clone, {"f": "0\n" + LINES.replace("\n5\n", "\nFIVE\n")})
    Path(begun.clone.path, "mine").write_text("mine\n")
    before = state(begun.clone)
    with pytest.raises(Conflicts) as told:
        begun.merge(strategy)
    assert [one.path for one in told.value.conflicts] == ["f"]
    assert told.value.code == 3
    assert state(begun.clone) == before
    assert begun.review().merges == []


def test_a_commit_in_the_middle_of_a_rebase_that_conflicts(box: Box) -> None:
    """Both ends go together, but a step between them does not."""
    clone = box.ready()
    commit(clone, {"f": LINES})
    branch(clone, {"f": LINES.replace("\n5\n", "\nfive\n")}, "There")
    clone.git("checkout", "-q", "feature")
    commit(clone, {"f": LINES}, "And back")
    commit(clone, {"g": "g\n"}, "More")
    clone.git("checkout", "-q", "main")
    commit(clone, {"f": LINES.replace("\n5\n", "\nFIVE\n")})
    begun = Begun(clone)
    begun.begin()
    begun.verdict(BEN)
    before = state(clone)
    with pytest.raises(Conflicts, match="There"):
        begun.merge("rebase")
    assert state(clone) == before
    assert begun.merge("squash").result == oid(clone, "main")


def test_a_dirty_work_tree_stops_it_and_another_branch_does_not(begun: Begun) -> None:
    clone = begun.clone
    Path(clone.path, "f").write_text("mine\n")
    before = state(clone)
    for act in (begun.merge, begun.plan):
        with pytest.raises(Negative, match="not committed"):
            act()
    assert state(clone) == before
    clone.git("checkout", "-q", "-b", "elsewhere")
    done = begun.merge()
    assert oid(clone, "main") == done.result
    assert Path(clone.path, "f").read_text() == "mine\n"
    assert done.place == ""


def test_a_dry_run_changes_nothing(begun: Begun) -> None:
    before = state(begun.clone)
    plan = begun.plan("rebase")
    assert (plan.strategy, plan.branch, plan.commits) == ("rebase", "main", 2)
    assert plan.result == ""
    assert state(begun.clone) == before
    assert begun.review().merges == []


def test_who_moves_the_base_meanwhile_is_merged_with(
    begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody commits to main between the making of the merge and the move: it is made again."""
    clone, real = begun.clone, landings.Landing.move
    clone.git("checkout", "-q", "feature")
    others: list[str] = []

    def move(landing: landings.Landing, new: str, why: str) -> bool:
        if not others:
            tree = clone.git("rev-parse", "main^{tree}").strip()
            others.append(clone.git("commit-tree", "-p", "main", "-m", "other", tree).strip())
            clone.git("update-ref", "refs/heads/main", others[0])
        return real(landing, new, why)

    monkeypatch.setattr(landings.Landing, "move", move)
    done = begun.merge()
    assert done.onto == others[0] == oid(clone, "main^1")
    assert [one.onto for one in begun.review().merges] == others


def test_the_branch_of_what_is_shared_is_no_base(begun: Begun) -> None:
    begun.say(setting([], "base", "naturecode"))
    before = oid(begun.clone, "naturecode")
    with pytest.raises(Usage, match="what is shared"):
        begun.merge()
    assert oid(begun.clone, "naturecode") == before
    begun.say(setting([], "base", "main~1"))
    assert begun.missing() == ["there is no branch main~1 here"]


def test_who_wants_no_trailers_of_sessions_gets_none(begun: Begun) -> None:
    session = begun.clone.start()
    begun.clone.nc("session", "attach", session, "feature~1")
    begun.clone.git("config", "naturecode.trailer", "never")
    begun.merge("squash")
    assert session not in begun.clone.git("log", "-1", "--format=%B", "main")


def test_what_the_team_forbids_is_not_begun(begun: Begun) -> None:
    def no(draft: object) -> None:
        raise NotPermitted("no", "ask")

    before = state(begun.clone)
    with begun.opened() as (store, review, entries):
        act = merging(store, review, entries, Request())
        act.permit = no
        with pytest.raises(NotPermitted):
            act.run()
    assert state(begun.clone) == before


# -- what is there already -------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["merge", "squash", "rebase"])
def test_a_merge_that_was_killed_before_it_was_said_is_found(begun: Begun, strategy: str) -> None:
    """The branch was moved, and the entry never written."""
    clone = begun.clone
    onto = oid(clone, "main")
    with begun.opened() as (store, review, entries):
        act = merging(store, review, entries, Request(strategy))
        landing, found, done = act._begin()
        act._once(landing, found, done)
    assert begun.review().merges == []
    assert "has all of it already" in begun.missing()[0]
    again = begun.merge()
    assert again.found
    assert (again.strategy, again.result) == (strategy, oid(clone, "main"))
    if strategy != "rebase":
        assert again.onto == onto
    assert oid(clone, "main") == done.result
    assert len(begun.review().merges) == 1


def test_what_plain_git_has_merged_is_said(begun: Begun) -> None:
    clone = begun.clone
    clone.git("merge", "-q", "--no-edit", "feature")
    merge = oid(clone, "main")
    commit(clone, {"more": "x\n"})
    done = begun.merge()
    assert (done.found, done.result, done.strategy) == (True, merge, "merge")
    assert oid(clone, "main~1") == merge
    with pytest.raises(NotYet):
        begun.merge()


# -- two clones ------------------------------------------------------------------------------------


def test_two_merges_at_once_and_the_slower_one_is_told(begun: Begun, box: Box) -> None:
    hub = box.remote(empty=True)
    clone = begun.clone
    clone.git("push", "-q", str(hub), "main", "feature", "naturecode")
    one, two = box.clone(hub, "one"), box.clone(hub, "two")
    for each in (one, two):
        each.git("branch", "-q", "feature", "origin/feature")
    first, second = Begun(one, begun.id), Begun(two, begun.id)
    done = first.merge("squash", push=True)
    assert (done.pushed, done.remote) == (True, "origin")
    before = state(two)
    with pytest.raises(Remote, match="somebody was faster"):
        second.merge("merge", push=True)
    assert state(two)[0].split()[:2] == before[0].split()[:2]
    assert second.review().merges == []
    hub_main = clone.git("ls-remote", str(hub), "refs/heads/main").split()[0]
    assert hub_main == done.result
    # After he has taken in what is there, it is merged, and he is told so.
    one.nc("sync")
    two.nc("sync")
    two.git("pull", "-q")
    with pytest.raises(NotYet) as told:
        second.merge("merge")
    assert "has merged it into main" in told.value.explained.reasons[0].text


def test_two_who_merge_offline(begun: Begun, box: Box) -> None:
    """Each is right in his clone; the one whose merge reaches the branch counts for both."""
    hub = box.remote(empty=True)
    begun.clone.git("push", "-q", str(hub), "main", "feature", "naturecode")
    one, two = box.clone(hub, "one"), box.clone(hub, "two")
    for each in (one, two):
        each.git("branch", "-q", "feature", "origin/feature")
    first, second = Begun(one, begun.id), Begun(two, begun.id)
    lost, won = first.merge("squash"), second.merge("merge")
    two.git("push", "-q", "origin", "main")
    for each in (one, two, one):
        each.nc("sync")
    one.git("fetch", "-q")
    one.git("reset", "-q", "--hard", "origin/main")
    assert {m.result for m in first.review().merges} == {lost.result, won.result}
    for one_of in (first, second):
        assert won.result[:12] in one_of.missing()[0]
        shown = one_of.clone.nc("review", "show", begun.id).out
        assert f"merged by two@example.com (merge): {won.result[:12]}" in shown
        assert f"also merged by one@example.com: {lost.result[:12]}, not counted" in shown


def test_a_push_that_is_refused_leaves_all_as_it_was(begun: Begun, box: Box) -> None:
    hub = box.remote(empty=True)
    clone = begun.clone
    clone.git("remote", "add", "origin", str(hub))
    clone.git("push", "-q", "origin", "main", "feature")
    hook = Path(hub, "hooks", "pre-receive")
    hook.write_text("#!/bin/sh\necho protected; exit 1\n")
    hook.chmod(0o755)
    before = state(clone)
    with pytest.raises(Remote, match="refused"):
        begun.merge(push=True)
    assert state(clone) == before
    with pytest.raises(Usage):
        begun.merge(push=True, remote="nowhere")
    os.rename(hub, hub.with_name("away"))
    with pytest.raises(Remote):
        begun.merge(push=True)
    assert state(clone) == before
    assert begun.review().merges == []


LOST = """#!{python}
import subprocess, sys
with subprocess.Popen(["git-receive-pack", *sys.argv[1:]], stdout=subprocess.PIPE) as there:
    while size := int(there.stdout.read(4) or b"0", 16):
        sys.stdout.buffer.write(b"%04x" % size + there.stdout.read(size - 4))
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()
    there.stdout.read()
{after}
sys.exit(1)
"""
"""A remote that takes what is pushed, and whose answer never comes."""


@pytest.mark.parametrize("strategy", ["merge", "squash", "rebase"])
def test_a_push_that_came_through_without_an_answer(begun: Begun, box: Box, strategy: str) -> None:
    """The remote is asked once more: it has the commit, so it is merged here, too, and said."""
    clone, hub = begun.clone, away(begun, box)
    done = begun.merge(strategy, push=True)
    assert done.pushed
    assert clone.git("ls-remote", str(hub), "refs/heads/main").split()[0] == done.result
    assert oid(clone, "main") == done.result
    assert [one.result for one in begun.review().merges] == [done.result]


@pytest.mark.parametrize("strategy", ["squash", "merge"])
def test_a_push_of_which_nobody_can_tell_whether_it_came_through(
    begun: Begun, box: Box, strategy: str
) -> None:
    """It says what to do, and then there is one merge, here and there."""
    clone = begun.clone
    hub = away(begun, box, "import os; os.rename(sys.argv[-1], sys.argv[-1] + '-away')")
    before = state(clone)
    with pytest.raises(Remote) as told:
        begun.merge(strategy, push=True)
    assert "git fetch origin shows it; then run it again" in told.value.hint
    assert state(clone) == before
    assert begun.review().merges == []
    os.rename(f"{hub}-away", hub)
    clone.git("config", "--unset", "remote.origin.receivepack")
    there = clone.git("ls-remote", str(hub), "refs/heads/main").split()[0]
    clone.env["GIT_COMMITTER_DATE"] = "2030-01-01T00:00:00Z"  # in the same second it were the same
    with pytest.raises(Remote, match="somebody was faster"):
        begun.merge(strategy, push=True)
    clone.git("fetch", "-q")
    done = begun.merge(strategy, push=True)
    assert (done.found, done.strategy) == (True, strategy)
    assert [one.result for one in begun.review().merges] == [there]
    clone.git("pull", "-q", "origin", "main")
    assert oid(clone, "main") == there


def away(begun: Begun, box: Box, after: str = "") -> Path:
    """A remote of which every answer to a push is lost; then it does what `after` says."""
    hub, clone = box.remote(empty=True), begun.clone
    clone.git("remote", "add", "origin", str(hub))
    clone.git("push", "-q", "origin", "main", "feature")
    clone.git("fetch", "-q")
    script = box.path / "receive"
    script.write_text(LOST.format(python=sys.executable, after=after))
    script.chmod(0o755)
    clone.git("config", "remote.origin.receivepack", str(script))
    return hub


# -- hooks -----------------------------------------------------------------------------------------


def hook(clone: Clone, name: str, body: str) -> None:
    path = Path(clone.path, ".git/hooks", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_hooks_have_their_say_or_are_named(begun: Begun) -> None:
    clone = begun.clone
    hook(clone, "commit-msg", 'echo "Change-Id: I1" >> "$1"')
    hook(clone, "pre-merge-commit", "exit 1")
    hook(clone, "post-merge", "touch merged; exit 1")
    done = begun.merge()
    assert clone.git("log", "-1", "--format=%B", "main").rstrip().endswith("Change-Id: I1")
    assert Path(clone.path, "merged").exists()
    assert any("pre-merge-commit" in one for one in done.told)
    assert any("post-merge hook failed" in one for one in done.told)


def test_a_hook_that_refuses_the_message_stops_it(begun: Begun) -> None:
    hook(begun.clone, "commit-msg", "echo no ticket >&2; exit 1")
    before = state(begun.clone)
    with pytest.raises(Negative, match="no ticket"):
        begun.merge("squash")
    assert state(begun.clone) == before
