"""What a commit changes: names of every kind, moved files, merges, and the lines that it adds."""

from pathlib import Path

from box import Box, Clone
from git_naturecode.git import repo as repos
from git_naturecode.git.added import added_lines, changed_files


def told(clone: Clone, commit: str) -> dict[str, set[int]]:
    repo = repos.find(str(clone.path), {"PATH": "/usr/bin:/bin", **clone.env})
    oid = clone.git("rev-parse", commit).strip()
    files = changed_files(repo, oid)
    found = added_lines(repo, oid, files)
    return {one.path: found.get(one.path, set()) for one in files}


def commit(clone: Clone, **texts: str) -> None:
    for name, text in texts.items():
        Path(clone.path, name).write_text(text)
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "change")


def test_names_of_every_kind(box: Box) -> None:
    clone = box.repo()
    names = ['q"uote', "tab\there", "line\nbreak", "blank at end ", "ü", "back\\slash", "[glob]*"]
    commit(clone, **dict.fromkeys(names, "1\n2\n"))
    assert told(clone, "HEAD") == {name: {1, 2} for name in names}
    commit(clone, **dict.fromkeys(names, "1\n+++ b/other\n2\n"))
    assert told(clone, "HEAD") == {name: {2} for name in names}


def test_a_moved_file_adds_only_what_is_new(box: Box) -> None:
    clone = box.repo()
    commit(clone, old="a\nb\nc\nd\ne\n")
    clone.git("mv", "old", "new")
    commit(clone, new="a\nb\nB\nc\nd\ne\nlast")
    repo = repos.find(str(clone.path), {"PATH": "/usr/bin:/bin"})
    (one,) = changed_files(repo, clone.git("rev-parse", "HEAD").strip())
    assert (one.path, one.path_before) == ("new", "old")
    assert one.blob_before == clone.git("rev-parse", "HEAD~1:old").strip()
    assert told(clone, "HEAD") == {"new": {3, 7}}


def test_a_merge_adds_what_no_parent_has(box: Box) -> None:
    clone = box.repo()
    commit(clone, a="1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    clone.git("checkout", "-q", "-b", "side")
    commit(clone, a="0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", own="x\n")
    clone.git("checkout", "-q", "main")
    commit(clone, a="1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n")
    clone.git("merge", "-q", "--no-commit", "side")
    commit(clone, a="0\n1\n2\n3\n4\nmerged\n5\n6\n7\n8\n9\n10\n")
    assert told(clone, "HEAD") == {"a": {6}}


def test_what_is_no_text_and_no_file_adds_nothing(box: Box) -> None:
    clone = box.repo()
    Path(clone.path, "link").symlink_to("target")
    Path(clone.path, "data").write_bytes(b"\0\1\n" * 9)
    commit(clone)
    assert told(clone, "HEAD") == {"data": set()}
    clone.git("rm", "-q", "data")
    clone.git("commit", "-q", "-m", "gone")
    assert told(clone, "HEAD") == {}
