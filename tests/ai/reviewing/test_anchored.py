"""Whatever an analyser says, a finding stands on lines that the change shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.ai.reviewing.anchored import anchored
from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.review.anchor import lines_of

from .scripted import BASE, HEAD, change, file_of

OLD = "".join(f"line {n}\n" for n in range(1, 41))
NEW = OLD.replace("line 5\n", "line five\nline five and a half\n").replace("line 30\n", "")
CHANGE = change(
    {"a.py": (OLD, NEW), "gone.py": ("x\ny\n", None), "new.py": (None, "def f():\n    g()\n")}
)


def hit(path: str = "a.py", line: int = 5, end: int = 0, side: str = "new", **more: object) -> Hit:
    made = Hit(
        "ai/security", "high", 0.5, "Bad.", path, side, line, end, "fixed", "security", "m", ""
    )
    return made._replace(**more)  # type: ignore[arg-type]


def test_lines_and_what_is_around_them() -> None:
    (one,) = anchored(CHANGE, [hit(line=5, end=6)]).findings
    where = one.anchor
    assert (where.path, where.line, where.end, where.side) == ("a.py", 5, 6, "new")
    assert where.text == ("line five", "line five and a half")
    assert where.before == ("line 2", "line 3", "line 4")
    assert (where.commit, one.suggestion) == (HEAD, "fixed")
    (two,) = anchored(CHANGE, [hit("new.py", 2)]).findings
    assert two.anchor.symbol == "def f():"


def test_what_was_taken_out_is_on_the_old_side() -> None:
    (one,) = anchored(CHANGE, [hit(line=30, side="old")]).findings
    assert (one.anchor.text, one.anchor.commit, one.suggestion) == (("line 30",), BASE, None)
    (two,) = anchored(CHANGE, [hit("gone.py", 2, side="old")]).findings
    assert two.anchor.text == ("y",)


@pytest.mark.parametrize(
    ("path", "line", "side"),
    [
        ("a.py", 15, "new"), ("a.py", 0, "new"), ("a.py", 400, "new"), ("b.py", 5, "new"),
        ("gone.py", 1, "new"), ("new.py", 1, "old"), ("a.py", 20, "old"), ("", 1, "new"),
    ],
)  # fmt: skip
def test_what_is_on_no_line_of_the_change_is_dropped(path: str, line: int, side: str) -> None:
    found = anchored(CHANGE, [hit(path, line, side=side), hit()])
    assert (len(found.findings), found.dropped) == (1, 1)


def test_a_range_ends_with_its_hunk_and_suggests_nothing_then() -> None:
    (one,) = anchored(CHANGE, [hit(line=5, end=400)]).findings
    assert (one.anchor.line, one.anchor.end, one.suggestion) == (5, 9, None)


def test_the_same_twice_is_once_and_the_worst_of_it() -> None:
    some = [hit(severity="low"), hit(severity="critical"), hit(severity="medium", confidence=1.0)]
    found = anchored(CHANGE, some)
    assert [one.severity for one in found.findings] == ["critical"]
    assert found.dropped == 2


def test_a_file_that_cannot_be_read_is_quoted_as_the_change_shows_it() -> None:
    bare = CHANGE._replace(new=lambda _: None)
    (one,) = anchored(bare, [hit(line=6)]).findings
    assert one.anchor.text == ("line five and a half",)


def test_a_submodule_has_no_lines() -> None:
    module = file_of("a.py", "x\n", "y\n", new_mode=0o160000)
    assert not anchored(CHANGE._replace(files=[module]), [hit(line=1)]).findings


hits = st.builds(
    hit, st.sampled_from(["a.py", "gone.py", "new.py", "none.py"]), st.integers(-2, 60),
    st.integers(-2, 60), st.sampled_from(["new", "old"]),
)  # fmt: skip


@given(st.lists(hits, max_size=8))
def test_all_anchors_are_on_lines_of_the_change(some: list[Hit]) -> None:
    files = {one.path: one for one in CHANGE.files}
    found = anchored(CHANGE, some)
    assert len(found.findings) + found.dropped == len(some)
    for one in found.findings:
        where = one.anchor
        assert files[where.path].shows(where.side, where.line, where.end)
        data = (CHANGE.old if where.side == "old" else CHANGE.new)(where.path)
        assert data is not None
        lines = lines_of(data)
        assert lines is not None
        assert list(where.text) == lines[where.line - 1 : where.end][:20]
    assert len({one.fingerprint for one in found.findings}) == len(found.findings)
