"""YAML of any kind: what the scan lets through is small and plain, and it never takes long."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.store import yaml_scan

PIECES = (
    "a: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "&x ", "*x", "<<: ",
    "!!python/name:os.system ", "!x ", "'", '"', "|\n", ">\n", "? ", "# c", "---\n", "...\n",
    "%YAML 1.1\n", "012", "1:30", "no",
    "\t", "\x00", "\u2028", "\ufeff", "a" * 50, "~", "=",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_what_passes_is_small_and_plain(text: str) -> None:
    data = text.encode("utf-8", "replace")
    before = time.process_time()
    objection = yaml_scan.objection(data)
    assert time.process_time() - before < 5
    if objection:
        return
    try:
        made = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError):  # such as a date that is none
        return
    assert len(repr(made)) < 50 + 50 * len(text)


def test_bombs_are_refused_at_once() -> None:
    merges = "a0: &a0 {x: 1}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
    )
    before = time.process_time()
    for text in (
        merges, "[" * 60_000, "- " * 30_000, "? " * 20_000, "{a: " * 15_000, "a: &x [*x]",
        "[" * 100_000, "- x\n" * 15_000, "!!python/object/apply:os.system [x]", "\x00", "[" * 33,
    ):  # fmt: skip
        assert yaml_scan.objection(text.encode()), text[:30]
    assert time.process_time() - before < 5
    assert yaml_scan.objection(b"name: core\nmembers: [ada]\n") == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a: "open\nb: c\nd: ["x"]\n', 1), ("a: b\nc: 'open\nd: e\n", 2),
        ("a: it's 'fine'\nb: c: d\n", 2), ('a: "two\n  lines"\nb: c: d\n', 3), ("a: [x\nb: c\n", 2),
    ],
)  # fmt: skip
def test_the_line_to_mend_is_told(text: str, line: int) -> None:
    assert yaml_scan.fault(text.encode()) == (line, "its YAML cannot be read")
