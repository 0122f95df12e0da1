"""The lines that a forge shows, read from patches that git has made."""

import subprocess
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.bridges.lines import shown

_FILES = st.lists(
    st.sampled_from(["a", "b", "c", "--- a", "+++ b", "@@ -1 +1 @@", "", "\\ x"]), max_size=12
)


@given(_FILES, _FILES)
def test_shown_lines_are_those_of_both_files(old: list[str], new: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("old", old), ("new", new)):
            Path(folder, name).write_text("".join(f"{row}\n" for row in rows))
        said = subprocess.run(
            ["git", "diff", "--no-index", "--no-color", "-U1", "--", "old", "new"],
            cwd=folder, capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
    patch = said[said.index("@@") :] if "@@" in said else ""
    found = shown(patch)
    for line, beside in found.new.items():
        assert beside == 0 or new[line - 1] == old[beside - 1]
    for line, beside in found.old.items():
        assert beside == 0 or old[line - 1] == new[beside - 1]
    added = [row[1:] for row in patch.split("\n")[1:] if row.startswith("+")]
    assert [new[line - 1] for line, beside in sorted(found.new.items()) if not beside] == added
    # What is not shown is the same on both sides.
    rest_old = [row for n, row in enumerate(old, 1) if n not in found.old]
    rest_new = [row for n, row in enumerate(new, 1) if n not in found.new]
    assert rest_old == rest_new


def test_lines_of_two_hunks_are_not_one_place() -> None:
    found = shown("@@ -1,2 +1,2 @@\n a\n b\n@@ -9,2 +9,2 @@\n c\n d")
    assert found.has("new", 1, 2)
    assert found.has("old", 9, 10)
    assert not found.has("new", 2, 9)
    assert not found.has("new", 3, 3)
    assert not found.has("new", 0, 0)
