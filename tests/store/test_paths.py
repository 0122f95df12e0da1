"""What may stand on the data branch, and where."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode import ids
from git_naturecode.store import paths

ENTITY = "session-20261122-k3v9q2m7"
DEVICE = "7f3kq0abx2m4c9vd"
SEGMENT = "log/session/k/3/v/session-20261122-k3v9q2m7/7f3kq0abx2m4c9vd.0001.md"


def test_a_segment_stands_under_the_random_part_of_its_entity() -> None:
    assert paths.entity_folder(ENTITY) == "log/session/k/3/v/session-20261122-k3v9q2m7"
    assert paths.segment_path(ENTITY, DEVICE, 1) == SEGMENT
    assert paths.parse_segment_path(SEGMENT) == (ENTITY, DEVICE, 1)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(
    st.from_regex(r"[a-z]{2,16}", fullmatch=True).filter(lambda kind: kind != "trust"),
    st.binary(min_size=5, max_size=5),
    st.text(ids.ALPHABET, min_size=16, max_size=16),
    st.integers(1, 999_999),
)
def test_every_segment_path_reads_back(kind: str, random: bytes, device: str, number: int) -> None:
    entity = ids.new_entity(kind, 1_795_348_800_000, lambda _: random)
    path = paths.segment_path(entity, device, number)
    assert paths.parse_segment_path(path) == (entity, device, number)
    assert paths.allowed(path)


@pytest.mark.parametrize(
    ("entity", "device", "number"),
    [
        ("session-20261122-k3v9q2m", DEVICE, 1),
        ("../x-20261122-k3v9q2m7", DEVICE, 1),
        ("trust-20261122-k3v9q2m7", DEVICE, 1),
        (ENTITY, "7f3kq0abx2m4c9v", 1),
        (ENTITY, DEVICE, 0),
        (ENTITY, DEVICE, 1_000_000),
    ],
)
def test_no_path_is_made_of_names_that_are_none(entity: str, device: str, number: int) -> None:
    with pytest.raises(ValueError, match="not a"):
        paths.segment_path(entity, device, number)


ALLOWED = [
    SEGMENT,
    SEGMENT.replace("0001", "12345"),
    SEGMENT.replace("session", "newkind"),
    "log/trust/7f/7f3kq0abx2m4c9vd.0001.jsonl",
    "log/trust/7f/7f3kq0abx2m4c9vd.0002.jsonl",
    "log/trust/7f/7f3kq0abx2m4c9vd.10000.jsonl",
    "files/ab/ab" + "0" * 62,
    "kb/articles/retries.md",
    "kb/snippets/a.md",
    "kb/practices/a_b.c-d.md",
    "kb/faqs/0.md",
    "team/alice.yml",
    "projects/api.yml",
    "prompts/review.md",
    "prompts/console.md",
    "README.md",
    ".gitattributes",
    "kb/articles/" + "a" * 100 + ".md",
    "kb/articles/重试-策略.md",
    "kb/articles/é.md",
    "kb/articles/" + "试" * 66 + ".md",
]


@pytest.mark.parametrize("path", ALLOWED)
def test_what_belongs_on_the_branch_may_stand_there(path: str) -> None:
    assert paths.allowed(path)


REFUSED = [
    "",
    "log/session/k/3/x/session-20261122-k3v9q2m7/7f3kq0abx2m4c9vd.0001.md",
    "log/review/k/3/v/session-20261122-k3v9q2m7/7f3kq0abx2m4c9vd.0001.md",
    SEGMENT.replace("0001", "0000"),
    SEGMENT.replace("0001", "1"),
    SEGMENT.replace("0001", "00010"),
    SEGMENT.replace("20261122", "٢٠٢٦١١٢٢"),
    SEGMENT.replace("session", "Session"),
    SEGMENT.replace("session", "trust"),
    SEGMENT + "\n",
    SEGMENT + "/x",
    "/" + SEGMENT,
    "./" + SEGMENT,
    SEGMENT.replace("/k/", "//k/"),
    SEGMENT.upper(),
    "log/trust/8f/7f3kq0abx2m4c9vd.0001.jsonl",
    "log/trust/7f/7f3kq0abx2m4c9vd.0000.jsonl",
    "log/trust/7f/7f3kq0abx2m4c9vd.00001.jsonl",
    "files/ac/ab" + "0" * 62,
    "files/ab/ab" + "0" * 61,
    "files/AB/AB" + "0" * 62,
    "kb/recipes/a.md",
    "kb/articles/a.yml",
    "kb/articles/A.md",
    "kb/articles/.a.md",
    "kb/articles/a..md",
    "kb/articles/../../x.md",
    "kb/articles/..md",
    "kb/articles/a/b.md",
    "kb/articles/a b.md",
    "kb/articles/a:b.md",
    "kb/articles/e\u0301.md",
    "kb/articles/É.md",
    "kb/articles/\u3164.md",
    "kb/articles/重试\u202e.md",
    "kb/articles/重 试.md",
    "kb/articles/" + "试" * 67 + ".md",
    "prompts/é.md",
    "kb/articles/" + "a" * 101 + ".md",
    "kb/articles/con.md",
    "kb/articles/nul.tar.md",
    "team/com1.yml",
    "team/lpt9.yml",
    "team/alice.yaml",
    "prompts/aux.md",
    ".git/config",
    ".gitmodules",
    ".github/workflows/x.yml",
    ".gitattributes/x",
    "readme.md",
    "sessions/2026-11/a.md",
    "team/alice.yml\0",
]


@pytest.mark.parametrize("path", REFUSED)
def test_everything_else_stays_out(path: str) -> None:
    assert not paths.allowed(path)
