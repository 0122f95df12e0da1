"""Links of articles: made, taken back, followed, checked, and told by notes in every clone."""

from collections.abc import Sequence

import pytest

from box import Box, Clone
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.kb import noted, noting
from git_naturecode.store.store import Placed
from kb.articles import add as written
from kb.articles import opened, read, say

REF = "refs/notes/naturecode/kb"
LINES = "".join(f"line number {number}\n" for number in range(1, 31))


def note(clone: Clone, commit: str = "HEAD") -> list[str]:
    """The lines of the note on a commit, as git shows them."""
    return clone.git("notes", f"--ref={REF}", "show", commit, check=False).splitlines()


def add(clone: Clone, title: str, text: str, type: str = "article") -> str:
    """An article; its id."""
    (clone.path / "text.tmp").write_text(text)
    made = clone.nc("kb", "add", "--type", type, "--title", title, "--file", "text.tmp")
    (clone.path / "text.tmp").unlink()
    return made.out.strip()


def commit(clone: Clone, **files: str) -> str:
    """A commit with these files (`__` for a dot); its id."""
    for name, text in files.items():
        path = clone.path / name.replace("__", ".")
        path.write_text(text)
        clone.git("add", str(path))
    clone.git("commit", "-q", "-m", "change " + " ".join(files))
    return clone.git("rev-parse", "HEAD").strip()


def problems(clone: Clone, *article: str, code: int = 1) -> dict[str, str]:
    """What `kb check` says of each link, by its text."""
    items = clone.nc("kb", "check", *article, "--json", code=code).json["items"]
    return {one["text"]: one["why"] for one in items}


@pytest.fixture
def pair(box: Box) -> tuple[Clone, Clone]:
    """Two people's clones of one repository with a file."""
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    commit(ann, a__py=LINES)
    ann.git("push", "-q", "origin", "main")
    bob.git("pull", "-q", "origin", "main")
    return ann, bob


def test_a_linked_commit_tells_so_in_every_clone_until_the_link_is_gone(
    pair: tuple[Clone, Clone],
) -> None:
    ann, bob = pair
    article = add(ann, "Retry", "Wait longer each time.\n", "practice")
    ann.nc("kb", "link", "retry", "HEAD")
    ann.nc("kb", "link", "retry", "a.py:3-5")
    right = [f"article {article} type=practice slug=retry", f"lines {article} 3-5 a.py"]
    assert note(ann) == right
    assert "slug=retry" in ann.git("log", "-1", "--notes=naturecode/*")
    ann.nc("sync")
    bob.nc("sync")
    assert note(bob) == right
    assert bob.git("rev-parse", f"{REF}^{{tree}}") == ann.git("rev-parse", f"{REF}^{{tree}}")
    ann.nc("kb", "rename", "retry", "back-off")
    assert note(ann)[0].endswith("slug=back-off")
    ann.nc("kb", "unlink", "retry", "a.py:3-5")
    for clone in (ann, bob, ann, bob):
        clone.nc("sync")
    assert note(ann) == note(bob) == [f"article {article} type=practice slug=back-off"]
    bob.nc("kb", "rm", "retry")
    for clone in (bob, ann, bob):
        clone.nc("sync")
    assert note(ann) == note(bob) == []


def test_notes_that_are_lost_or_wrong_are_made_right_again(pair: tuple[Clone, Clone]) -> None:
    ann, _ = pair
    article = add(ann, "Retry", "x\n")
    ann.nc("kb", "link", "retry", "HEAD")
    right = note(ann)
    ann.git("notes", f"--ref={REF}", "add", "-f", "-m", "my own words", "HEAD")
    ann.git("notes", f"--ref={REF}", "append", "-m", f"article {article} type=faq slug=x", "HEAD")
    told = ann.nc("doctor", "--json", code=1).json
    assert "links of articles" in str(told)
    ann.nc("doctor", "--fix", code=0)
    assert sorted(filter(None, note(ann))) == sorted([*right, "my own words"])
    ann.git("update-ref", "-d", REF)
    ann.nc("sync")
    assert note(ann) == right
    with ann.store() as store:
        assert not noted.STATE.is_behind(store)
        assert noting.keep_notes(store) == 0


def test_a_link_that_two_people_made_is_taken_away_as_one(pair: tuple[Clone, Clone]) -> None:
    ann, bob = pair
    add(ann, "Retry", "x\n")
    ann.nc("sync")
    bob.nc("sync")
    for clone in (ann, bob):
        clone.nc("kb", "link", "retry", "HEAD")
        clone.nc("sync")
    ann.nc("sync")
    ann.nc("kb", "link", "retry", "HEAD", code=1)
    assert len(ann.nc("kb", "show", "retry", "--json").json["links"]) == 1
    ann.nc("kb", "unlink", "retry", "HEAD")
    assert ann.nc("kb", "show", "retry", "--json").json["links"] == []
    ann.nc("kb", "unlink", "retry", "HEAD", code=1)


def test_everything_that_can_be_linked(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    add(clone, "Retry", "x\n")
    other, session = add(clone, "Other", "y\n", "faq"), clone.start()
    clone.nc("session", "say", session, "hello")
    for target in ("HEAD", "a.py", "a.py:7", "a.py#L8-L9", other, f"{session}#1", session[-8:]):
        clone.nc("kb", "link", "retry", target)
    shown = clone.nc("kb", "links", "retry", "--json").json
    assert [(one["kind"], one["text"], one["state"]) for one in shown["links"]] == [
        ("commit", clone.git("rev-parse", "HEAD").strip(), "ok"), ("code", "a.py", "ok"),
        ("code", "a.py:7", "ok"), ("code", "a.py:8-9", "ok"), ("article", other, "ok"),
        ("session", f"{session}#1", "ok"), ("session", session, "ok"),
    ]  # fmt: skip
    for target in ("retry", "a.py:31", "b.py:1", "nothing", "--", "a.py:0"):
        assert clone.nc("kb", "link", "retry", target, code=clone_code(target)).out == ""
    for target in (other, session, "HEAD", "a.py:7", "a.py#L8"):
        found = clone.nc("kb", "links", target, "--json").json["linkedFrom"]
        assert {one["slug"] for one in found} == {"retry"}, target
    for target in ("a.py:8-9", f"{session}#1", "other"):
        clone.nc("kb", "unlink", "retry", target)
    assert len(clone.nc("kb", "show", "retry", "--json").json["links"]) == 4


def clone_code(target: str) -> int:
    """The exit code for what cannot be linked: an article to itself is no mistake of usage."""
    return 1 if target == "retry" else 2


def test_what_is_broken_is_listed(clone: Clone) -> None:
    head = commit(clone, a__py=LINES, gone__py="x\n")
    clone.git("rm", "-q", "gone.py")
    commit(clone, b__md="# Top\n")
    session = clone.start()
    add(clone, "Other", "# One\n")
    add(clone, "Gone", "x\n")
    text = (
        f"[[other]] [h](other.md#one) [n](other.md#two) [[gone]] [[nowhere]] [b](b.md) [a](#top)\n"
        f"a.py:30 a.py:31 gone.py:1 never.py:1 [s](src/a.py) commit:{head[:9]} commit:deadbeef "
        f"{'0' * 40} {session} {session}#7 [f](../../files/ab/ab{'0' * 62}) 12:30\n"
    )
    add(clone, "Retry", text)
    clone.nc("kb", "rename", "other", "another")
    clone.nc("kb", "rm", "gone")
    assert problems(clone, "retry") == {
        "other": "it is called another now, and still found by this",
        "other.md#one": "it is called another now, and still found by this",
        "other.md#two": "it is called another now, and still found by this",
        "gone": "this article was deleted",
        "nowhere": "there is no such article",
        "#top": "no heading there is called top",
        "a.py:31": "the file has 30 lines",
        "gone.py:1": "there is no such file in HEAD",
        "src/a.py": "there is no such file in HEAD",
        "commit:deadbeef": "there is no such commit here",
        f"{session}#7": "nothing there is called 7",
        f"../../files/ab/ab{'0' * 62}": "this attachment is not here",
    }
    clone.nc("kb", "rename", "another", "other")
    assert problems(clone)["other.md#two"] == "no heading there is called two"
    assert problems(clone, "other", code=0) == {}
    told = clone.nc("kb", "check", code=1)
    assert "Retry" in told.out
    assert "line 1    nowhere: there is no such article" in told.out


def test_what_has_another_name_now_is_told_and_is_not_broken(clone: Clone) -> None:
    commit(clone, a__py=LINES, b__py="".join(f"other {n}\n" for n in range(30)))
    add(clone, "Other", "# One\n")
    add(clone, "Retry", "See [[other]], [the code](a.py) and b.py:7.\n")
    clone.nc("kb", "rename", "other", "another")
    clone.git("mv", "a.py", "std.py")
    clone.git("mv", "b.py", "c.py")
    later(clone)
    said = clone.nc("kb", "check")
    assert "other: it is called another now, and still found by this" in said.out
    assert "it is std.py now" in said.out
    assert "it is c.py:7 now" in said.out
    assert "nothing is broken" in said.err
    assert clone.nc("kb", "check", "--json").json["broken"] == 0
    clone.git("rm", "-q", "std.py")
    later(clone)
    assert "1 of 3 links to mend" in clone.nc("kb", "check", code=1).err


def test_many_broken_links_are_told_by_target_and_bounded(clone: Clone) -> None:
    one = "[x](gone-0.md)\n\n" * 5 + "".join(f"[x](gone-{number}.md)\n" for number in range(1, 9))
    with opened(clone) as store:
        for number in range(23):
            written(store, f"Page {number}", one)
    told = clone.nc("kb", "check", code=1)
    assert told.out.count("lines 1, 3, 5 and 2 more  gone-0.md: there is no such article") == 20
    assert told.out.count("gone-4.md") == 20
    assert "gone-5.md" not in told.out
    assert told.out.count("  ... and 4 more: git naturecode kb check page-") == 20
    assert told.out.endswith("... and 3 more articles: see --json\n")
    assert "299 of 299 links to mend in 23 articles" in told.err
    whole = clone.nc("kb", "check", "page-7", code=1).out
    assert whole.count("no such article") == 9
    assert "more:" not in whole
    assert len(clone.nc("kb", "check", "--json", code=1).json["items"]) == 299


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_a_path_that_no_file_can_have_hides_nothing(clone: Clone, odd: str) -> None:
    hostile = f"src/a{odd}b.py:12 [x](y{odd}.md) [[pa{odd}ge]] ![[p{odd}.png]] and more\n"
    with opened(clone) as store:
        name = written(store, "Odd", hostile)
        say(store, name, makers.revision(f"{hostile}again\n", list(read(store, name).heads)))
    add(clone, "Plain", "[gone](gone.md)\n")
    assert "gone.md" in problems(clone)
    tail = name[-8:]
    clone.nc("kb", "links", tail)
    clone.nc("kb", "diff", tail)
    done = clone.process("kb", "show", tail, "--raw", errors="surrogateescape")
    assert (done.returncode, done.stdout[-6:]) == (0, "again\n")


def test_linked_lines_are_followed(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    add(clone, "Retry", "x\n")
    for lines in ("3-5", "10", "20-21"):
        clone.nc("kb", "link", "retry", f"a.py:{lines}")
    changed = LINES.replace("line number 10\n", "line number ten\n").replace(
        "line number 20\nline number 21\n", ""
    )
    commit(clone, a__py="new\n" + changed)
    shown = clone.nc("kb", "links", "retry", "--json").json["links"]
    assert [(one["text"], one["state"], one["now"]) for one in shown] == [
        ("a.py:3-5", "ok", "a.py:4-6"), ("a.py:10", "changed", "a.py:11"),
        ("a.py:20-21", "broken", None),
    ]  # fmt: skip
    assert problems(clone) == {
        "a.py:10": "changed since; now a.py:11", "a.py:20-21": "these lines are gone",
    }  # fmt: skip
    (clone.path / "a.py").write_text("not committed\n")
    said = clone.nc("kb", "link", "retry", "a.py:1")
    assert "changes that are not committed" in said.err


def test_a_secret_in_linked_lines_stays_where_it_is(clone: Clone) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    commit(clone, a__py=f'one\ntoken = "{secret}"\n')
    add(clone, "Retry", "x\n")
    clone.nc("kb", "link", "retry", "a.py:2")
    assert secret not in clone.git("grep", "-h", "", "naturecode", "--", "log/kb")


def test_many_articles_without_links_are_not_folded_for_notes(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(clone, "Retry", "x\n")
    add(clone, "Other", "x\n")
    clone.nc("kb", "link", "retry", "HEAD")
    right = note(clone)
    clone.git("update-ref", "-d", REF)
    monkeypatch.setattr(noting, "_FEW", 0)
    folded: list[str] = []

    def counted(placed: Sequence[Placed]) -> Article:
        folded.append(placed[0].entity)
        return build(placed)

    monkeypatch.setattr("git_naturecode.kb.noting.build", counted)
    with clone.store() as store:
        assert noting.rebuild(store) == 1
    assert note(clone) == right
    assert len(folded) == 1


def linked(clone: Clone, article: str) -> list[str]:
    """What `kb links` says that an article is linked to: commits, or lines and their commit."""
    found = clone.nc("kb", "links", article, "--json").json["links"]
    return sorted(one["text"] for one in found)


def rewrite(clone: Clone, *args: str) -> str:
    """Rewrite the history by git, as on another day; the commit that HEAD is then."""
    dated = Clone(clone.path, clone.way, {**clone.env, "GIT_COMMITTER_DATE": "@1900000000 +0000"})
    dated.git(*args)
    return clone.git("rev-parse", "HEAD").strip()


def test_links_follow_commits_that_are_made_anew_into_every_clone(
    pair: tuple[Clone, Clone],
) -> None:
    ann, bob = pair
    first = commit(ann, b__py=LINES)
    second = commit(ann, a__py=LINES.replace("number 5", "number five"))
    third = commit(ann, c__py=LINES)
    article = add(ann, "Lines", "# Lines\n")
    for target in (second, third, "a.py:5-6"):
        ann.nc("kb", "link", article, target)
    ann.nc("sync")
    rewrite(ann, "rebase", "-q", "--force-rebase", f"{first}^")
    tip = rewrite(ann, "commit", "-q", "--amend", "-m", "another message")
    ann.nc("sync")
    now = sorted([ann.git("rev-parse", "HEAD~1").strip(), tip, "a.py:5-6"])
    assert linked(ann, article) == now
    assert note(ann, tip)
    assert not note(ann, third)
    assert article in ann.nc("kb", "links", tip, "--json").json["linkedFrom"][0]["id"]
    before = ann.git("rev-parse", "naturecode")
    ann.nc("sync")
    assert ann.git("rev-parse", "naturecode") == before
    ann.git("push", "-q", "origin", "main")
    bob.git("pull", "-q", "origin", "main")
    bob.nc("sync")
    assert linked(bob, article) == now
    assert "nothing is broken" in bob.nc("kb", "check").err


def test_a_squash_has_the_links_of_what_is_in_it(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    one, two = commit(clone, b__py=LINES), commit(clone, c__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    clone.nc("kb", "link", article, one)
    clone.nc("kb", "link", article, two)
    clone.git("config", "sequence.editor", "sed -i -e '2s/^pick/fixup/'")
    squashed = rewrite(clone, "rebase", "-q", "-i", "HEAD~2")
    clone.nc("kb", "link", article, "HEAD~1")
    assert linked(clone, article) == sorted([squashed, clone.git("rev-parse", "HEAD~1").strip()])


def test_a_link_stays_where_its_commit_does_and_what_was_taken_back_stays_away(
    clone: Clone,
) -> None:
    commit(clone, a__py=LINES)
    old = commit(clone, b__py=LINES)
    gone = commit(clone, c__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    clone.nc("kb", "link", article, old)
    clone.nc("kb", "link", article, gone)
    clone.git("branch", "kept", old)
    new = rewrite(clone, "rebase", "-q", "--force-rebase", "HEAD~2")
    clone.nc("kb", "unlink", article, gone)
    assert linked(clone, article) == sorted([old, clone.git("rev-parse", f"{new}~1").strip()])


def later(clone: Clone, **files: str) -> None:
    """A commit with these files, of a day long after whatever was written."""
    commit(
        Clone(clone.path, clone.way, {**clone.env, "GIT_COMMITTER_DATE": "@1900000000"}), **files
    )


def test_an_article_that_another_is_about_is_shown_by_its_name(clone: Clone) -> None:
    add(clone, "One", "x\n")
    other = add(clone, "Two", "y\n")
    clone.nc("kb", "link", "one", "two")
    said = clone.nc("kb", "show", "one").out
    assert "about: two\n" in said
    assert other not in said
