"""What is asked before a merge, of real repositories: verdicts over pushes, rules of the base."""

import json
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.drafts import setting
from git_naturecode.domain.review import makers
from git_naturecode.git import patches
from git_naturecode.store.entry import Draft
from reviewing.made import ADA, BEN, CY, LINES, Begun, branch, commit

RULES = ".naturecode/review.yml"


FILES = {f"f{number}": LINES for number in range(10)}


@pytest.fixture
def begun(box: Box) -> Begun:
    """A review of a branch that changes ten files."""

    def make() -> Begun:
        clone = box.ready()
        commit(clone, FILES)
        branch(clone, {name: LINES.replace("\n11\n", "\nnew\n") for name in FILES})
        made = Begun(clone)
        made.begin()
        return made

    return box.scene("a review of ten files", make)


def test_a_rebase_of_twenty_commits_keeps_all_approvals(clone: Clone) -> None:
    commit(clone, FILES)
    clone.git("checkout", "-q", "-b", "feature")
    for number in range(20):
        name = f"f{number % 10}"
        text = Path(clone.path, name).read_text()
        commit(clone, {name: text.replace(f"\n{number + 11}\n", "\nnew\n")}, f"change {number}")
    clone.git("checkout", "-q", "main")
    begun = Begun(clone)
    begun.begin()
    for who in (BEN, CY):
        begun.verdict(who)
    assert begun.missing() == []
    upstream = {f"f{n}": "top\n" * 3 + LINES + "end\n" for n in range(10)}
    commit(begun.clone, {**upstream, "more": "x\n"})
    begun.clone.git("checkout", "-q", "feature")
    begun.clone.git("rebase", "-q", "main")
    begun.push()
    found = begun.explained()
    assert {one.state for one in found.facts.kept.values()} == {"kept"}
    assert len(found.facts.kept) == 2
    assert found.can_merge


def test_a_change_to_one_of_ten_files_makes_stale_who_covered_it(begun: Begun) -> None:
    begun.verdict(BEN)
    begun.verdict(CY, files=["f1", "f2"])
    begun.verdict("di@example.com", files=["f3", "f4"])
    begun.clone.git("checkout", "-q", "feature")
    text = Path(begun.clone.path, "f3").read_text()
    commit(begun.clone, {"f3": text + "one more\n"})
    begun.push()
    found = begun.explained()
    of = {one.by: found.facts.kept[one.id] for one in found.review.verdicts}
    assert of[BEN].state == "partial"
    assert of[BEN].stale_files == ("f3",)
    assert len(of[BEN].kept_files) == 9
    assert (of[CY].state, of[CY].kept_files) == ("kept", ("f1", "f2"))
    assert (of["di@example.com"].state, of["di@example.com"].kept_files) == ("partial", ("f4",))
    assert "ben@example.com approved before f3 changed" in begun.missing()[0]


def test_an_approval_for_one_base_is_none_for_another(begun: Begun) -> None:
    """The branch stays as it is; what it would bring along is more."""
    clone = begun.clone
    clone.git("branch", "develop", "feature")
    clone.git("checkout", "-q", "feature")
    commit(clone, {"f0": "another\n"})
    clone.git("checkout", "-q", "main")
    begun.say(setting([], "base", "develop"))
    head, base = (clone.git("rev-parse", name).strip() for name in ("feature", "develop"))
    with clone.store() as store:
        table = patches.table(store.repo, base, head)
    begun.say(makers.revision(head, base, base, table.count, [], table.text))
    begun.verdict(BEN)
    assert begun.missing() == []
    begun.say(setting([], "base", "main"))
    assert len(begun.missing()) == 1
    assert "approved before f0, f1, f2 and 7 more changed" in begun.missing()[0]


def test_rules_and_owners_are_those_of_the_base_branch(begun: Begun) -> None:
    clone = begun.clone
    begun.verdict(BEN)
    commit(clone, {
        RULES: "version: 1\nrules:\n  - {owners: true, ci: [build]}\n",
        ".github/CODEOWNERS": "* ben@example.com\nf7 cy@example.com\n",
    })  # fmt: skip
    # What the branch itself says of rules and owners is nothing.
    clone.git("checkout", "-q", "feature")
    commit(clone, {"CODEOWNERS": "* eve@example.com\n"})
    clone.git("checkout", "-q", "main")
    begun.push()
    begun.verdict(BEN)
    assert begun.missing() == [
        "cy@example.com has to approve f7 (.github/CODEOWNERS:2)",
        "build has said nothing of this head yet",
    ]
    begun.verdict(CY, files=["f7"])
    note(clone, "feature", agent="build", status="failure", timestamp="0000000001", url="u")
    assert begun.missing() == ["build says failure"]
    note(clone, "feature", agent="build", status="success", timestamp="0000000002")
    note(clone, "feature", "not json", "[1]", '{"agent": 3}', '{"agent": "build", "timestamp": {}}')
    assert begun.missing() == []


def test_a_change_cannot_bring_its_own_rules(begun: Begun) -> None:
    begun.clone.git("checkout", "-q", "feature")
    commit(begun.clone, {RULES: "version: 1\nrules: []\n"})
    begun.push()
    assert begun.missing() == ["0 of 1 approval"]


def note(clone: Clone, head: str, *lines: str, **said: str) -> None:
    text = "\n".join([*lines, *([json.dumps({"v": 0, **said})] if said else [])])
    clone.git("notes", "--ref=refs/notes/devtools/ci", "append", "-m", text, head)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nrules:\n  - aprovals: 1\n", "did you mean approvals"),
        ("x" * 70_000, "bytes of YAML"),
        (None, "no plain file"),
    ],
)
def test_rules_that_cannot_be_read_stop_it(begun: Begun, text: str | None, says: str) -> None:
    begun.verdict(BEN)
    if text is None:
        Path(begun.clone.path, ".naturecode").mkdir(exist_ok=True)
        Path(begun.clone.path, RULES).symlink_to("../f1")
        begun.clone.git("add", "-f", RULES)
        begun.clone.git("commit", "-q", "-m", "link")
    else:
        commit(begun.clone, {RULES: text})
    (reason,) = begun.missing()
    assert says in reason


def test_what_git_says_of_head_and_base(begun: Begun) -> None:
    clone = begun.clone
    begun.verdict(BEN)
    clone.git("checkout", "-q", "feature")
    commit(clone, {"f0": "unseen\n"})
    clone.git("checkout", "-q", "main")
    assert begun.missing() == ["0 of 1 approval; ben@example.com approved before f0 changed"]
    clone.git("branch", "-f", "feature", "feature~1")
    assert begun.missing() == []
    commit(clone, {"f0": "other\n"})
    assert begun.missing() == ["it conflicts with main in f0"]
    clone.git("reset", "-q", "--hard", "HEAD~1")
    clone.git("checkout", "-q", "--detach")
    clone.git("branch", "-m", "main", "trunk")
    assert begun.missing() == ["there is no branch main here"]


def test_findings_count_until_somebody_dismisses_them(begun: Begun) -> None:
    commit(begun.clone, {RULES: "version: 1\nrules: [{findings: high}]\n"})
    for name, severity in (("a", "high"), ("b", "low"), ("c", "unheard of")):
        begun.say(Draft("finding", {"rule": name, "severity": severity, "fingerprint": name * 32}))
    assert begun.missing() == ["findings are open: 1 critical, 1 high"]
    begun.say(*(Draft("dismiss", {"target": name * 32}) for name in "abc"))
    assert begun.missing() == []
    begun.say(Draft("dismiss", {"target": "a" * 32, "off": True}))
    assert begun.missing() == ["findings are open: 1 high"]


def test_a_closed_one_is_over(begun: Begun) -> None:
    begun.say(setting([], "status", "closed"), by=ADA)
    assert begun.missing() == ["it is closed"]


def test_a_shallow_clone_says_what_it_lacks(begun: Begun, box: Box) -> None:
    hub = box.remote(empty=True)
    begun.clone.git("push", "-q", str(hub), "main", "feature", "naturecode")
    there = box.clone(hub, "there", begun.clone.way, "--depth=1")
    there.git("fetch", "-q", "--depth=1", "origin", "naturecode:naturecode", check=False)
    other = Begun(there, begun.id)
    found = other.explained()
    assert not found.can_merge


def test_a_flood_of_verdicts_costs_so_much_and_no_more(
    begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write in a repository without a team makes up people, and states of the change:
    only the newest are looked at, a true approval of the present one always."""
    begun.verdict(BEN)
    for number in range(130):
        about = {"head": f"{number:040x}", "base": "1" * 40, "digest": "2" * 64, "over": []}
        who = f"p{number}@example.com"
        begun.say(Draft("verdict", {"value": "approve", **about}), by=who)
    made, table = [], patches.table

    def count(*args: object) -> object:
        made.append(args)
        return table(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(patches, "table", count)
    found = begun.explained()
    assert found.can_merge
    assert 100 <= len(made) <= 102
    states = [found.facts.kept[one.id].state for one in found.review.verdicts]
    assert (states.count("current"), states.count("stale")) == (1, 130)


def test_of_many_merges_that_somebody_made_up_the_true_one_counts(begun: Begun) -> None:
    clone = begun.clone
    apart = clone.git("commit-tree", "main^{tree}", "-p", "main", "-m", "apart").strip()
    head, tip = (clone.git("rev-parse", name).strip() for name in ("feature", "main"))
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "-m", "in", "feature")
    true = clone.git("rev-parse", "main").strip()
    results = ["1" * 40, apart, "2" * 40, "", true, "3" * 40]
    begun.say(*(makers.merging([], head, tip, one, "merge", "main") for one in results))
    assert f"has merged it into main as {true[:12]}" in begun.missing()[0]
    clone.git("reset", "-q", "--hard", "HEAD~1")
    assert f"merged into main as {'1' * 12}, which main here has not" in begun.missing()[0]
