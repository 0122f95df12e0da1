"""What a failed git says to a person."""

from git_naturecode.git.run import GitFailed, Program

FULL = """\
fatal: write error: No space left on device
fast-import: dumping crash report to /x/.git/fast_import_crash_1
"""


def test_a_full_disk_is_named() -> None:
    failed = GitFailed(("fast-import",), 128, FULL)
    assert failed.message == "the disk is full (fatal: write error: No space left on device)"
    assert "make room" in failed.hint


def test_the_cause_is_said_and_not_what_comes_after_it() -> None:
    failed = GitFailed(
        ("fast-import",), 128, "fatal: bad mode\nfast-import: dumping crash report\n"
    )
    assert failed.message == "git fast-import failed: fatal: bad mode"
    assert GitFailed(("x",), 1, "just words\n").message == "git x failed: just words"
    assert GitFailed(("x",), 7, "").message == "git x failed: 7"


def test_a_ref_that_could_not_be_written_is_a_full_disk() -> None:
    said = "fatal: update_ref failed for ref 'refs/heads/x': cannot update ref 'refs/heads/x': "
    failed = GitFailed(("update-ref",), 128, said + "couldn't write '/x/refs/heads/x.lock'\n")
    assert failed.message.startswith("the disk is full (fatal: update_ref failed")


def test_git_is_told_no_secret_of_ours() -> None:
    secrets = {"NATURECODE_MEMBER_KEY": "a", "NATURECODE_PASSPHRASE": "b", "HOME": "/x"}
    env = Program("/x", None, secrets).env()
    assert env["HOME"] == "/x"
    assert not env.keys() & secrets.keys() - {"HOME"}
