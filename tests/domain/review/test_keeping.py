"""What is left of a verdict after a push, against the plain words of the rule, file by file."""

import hashlib
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review.keeping import Kept, Row, rows, standing
from git_naturecode.git.patches import Patch
from git_naturecode.git.quoted import quoted, unquoted


class Said(NamedTuple):
    """A verdict as far as it matters here."""

    head: str
    digest: str
    files: tuple[str, ...] = ()


Change = dict[str, str]  # path -> a digit that stands for what is done to it


def text(change: Change) -> str:
    lines = [f"{digit * 40} M {path}" for path, digit in sorted(change.items())]
    return "\n".join(lines)


def sha(table: str) -> str:
    return hashlib.sha256(table.encode()).hexdigest()


changes = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("123"), max_size=5)
some_files = st.lists(st.sampled_from("abcdef"), unique=True, max_size=4).map(tuple)


@given(changes, changes, some_files, st.booleans())
def test_each_file_stands_or_falls_alone(
    then: Change, now: Change, files: tuple[str, ...], same_head: bool
) -> None:
    kept = standing(
        Said("h1", sha(text(then)), files), text(then), text(now), "h1" if same_head else "h2"
    )
    for path in "abcdef":
        asked = not files or path in files
        changes_now = path in now
        as_then = changes_now and then.get(path) == now[path]
        assert (path in kept.kept_files) == (asked and as_then)
        assert (path in kept.stale_files) == (asked and changes_now and not as_then)
    if kept.stale_files:
        assert kept.state == ("partial" if kept.kept_files else "stale")
    else:
        assert kept.state == ("current" if same_head and then == now else "kept")


@given(changes, changes, some_files)
def test_what_cannot_be_proved_keeps_nothing(
    then: Change, now: Change, files: tuple[str, ...]
) -> None:
    """A table that is gone, or is another one than he saw, cannot hold a verdict up."""
    for table in (None, text(then) + "\n" + "9" * 40 + " M z", "nonsense"):
        kept = standing(Said("h1", sha(text(then)), files), table, text(now), "h2")
        if then != now:
            assert kept.kept_files == ()
        else:
            assert kept.stale_files == ()


def test_the_same_head_against_another_base_is_another_change() -> None:
    """Who approved one file does not approve fifty because the base branch was changed."""
    small, large = text({"a": "1"}), text({"a": "1", "b": "1"})
    kept = standing(Said("h", sha(small)), small, large, "h")
    assert kept == Kept("partial", ("b",), ("a",))


def test_a_table_that_is_none_holds_nothing_up() -> None:
    broken = "1111 M a"
    assert standing(Said("h", sha(broken)), broken, broken, "h").state == "stale"


@pytest.mark.parametrize(
    "table",
    ["x", "1" * 40 + " X a", "1" * 40 + " M ", "\n", "1" * 40 + ' M "a', "1" * 15 + " M a",
     "1" * 40 + " M a\n", "1" * 40 + " M a\n" + "2" * 40 + " M a"],
)  # fmt: skip
def test_what_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="file table"):
        rows(table)


paths = st.binary(min_size=1, max_size=12).filter(lambda raw: b"\0" not in raw)


@given(paths, st.one_of(st.just(b""), paths), st.sampled_from("AMDRT"))
def test_any_path_comes_back_out_of_the_table(raw: bytes, before: bytes, status: str) -> None:
    path, old = (one.decode("utf-8", "surrogateescape") for one in (raw, before))
    line = Patch("0123456789abcdef" * 2 + "01234567", status, path, old).line
    assert line.isascii()
    assert "\n" not in line
    assert rows(line) == {path: Row("0123456789abcdef" * 2 + "01234567", status, path, old)}
    assert unquoted(quoted(path).encode()) == path
