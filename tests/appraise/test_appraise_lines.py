"""Lines as git-appraise reads, names and writes them; threads as it judges them."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.appraise import lines
from git_naturecode.appraise.lines import Comment
from git_naturecode.appraise.threads import Threads, aggregate, threads

# What git-appraise 2023-08 wrote for `git appraise comment`, with the hash that its show names.
WRITTEN = (
    b'{"timestamp":"1600000000","author":"bob@example.com","location":{"commit":"c0ffee",'
    b'"path":"a.go","range":{"startLine":3,"startColumn":2,"endLine":4,"endColumn":5}},'
    b'"description":"a \\u003c b \\u0026\\u0026 c \\u003e d\\n\\ttab \\"q\\" \xc3\xa9\\u2028.",'
    b'"resolved":false}'
)


def sha(raw: bytes) -> str:
    return hashlib.sha1(raw).hexdigest()


def test_a_line_in_todays_spelling_is_named_by_its_own_hash() -> None:
    found = lines.comment(WRITTEN)
    assert found.hash == sha(WRITTEN)
    assert found.location == lines.Location("c0ffee", "a.go", 3, 2, 4, 5, True)
    assert found.description == 'a < b && c > d\n\ttab "q" é\u2028.'
    assert (found.timestamp, found.author, found.resolved) == (
        "1600000000", "bob@example.com", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "spelled"),
    [
        (b'{"Parent":"","AUTHOR":"bob"}', b'{"author":"bob"}'),
        (b'{"author":"bob","timestamp":"5"}', b'{"timestamp":"0000000005","author":"bob"}'),
        (b'{"author":"bob","timestamp":"soon"}', b'{"timestamp":"soon","author":"bob"}'),
        (b'{"author":"x","author":"bob","v":0}', b'{"author":"bob"}'),
        (b'{"resolved":null,"author":"bob","more":[1]}', b'{"author":"bob"}'),
        (b'{"location":{}}', b'{"location":{}}'),
        (b'{"location":{"range":{}}}', b'{"location":{"range":{"startLine":0}}}'),
        (b' {"author" : "b\\u006fb<"}\r', b'{"author":"bob\\u003c"}'),
        (b'{"author":"\xff"}', '{"author":"\ufffd"}'.encode()),
        (b'{"author":"\\ud800"}', '{"author":"\ufffd"}'.encode()),
        (b'{"signature":"s","author":"bob"}', b'{"author":"bob","signature":"s"}'),
    ],
)
def test_other_spellings_have_the_name_that_git_appraise_gives(raw: bytes, spelled: bytes) -> None:
    assert lines.comment(raw).hash == sha(spelled)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"x", b"[]", b"3", b'"a"', b"{", b'{"v":1}', b'{"author":3}', b'{"resolved":"yes"}',
        b'{"location":[]}', b'{"location":{"range":{"startLine":-1}}}', b'{"v":true}',
        b'{"location":{"range":{"startLine":4294967296}}}', b'{"author":"a"} {}', b"NaN",
        b'{"location":{"range":{"startLine":1.5}}}', b'{"v":' + b"9" * 5000 + b"}", b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)  # fmt: skip
def test_what_git_appraise_passes_over_is_unreadable(raw: bytes) -> None:
    with pytest.raises(lines.Unreadable):
        lines.comment(raw)


@given(st.binary(max_size=60) | st.from_regex(r'\{"[a-z]{1,9}":.{0,40}\}').map(str.encode))
def test_any_line_is_read_or_refused(raw: bytes) -> None:
    for read in (lines.comment, lines.request, lines.report):
        try:
            read(raw)
        except lines.Unreadable:
            continue


@given(st.text())
def test_a_quoted_text_is_json_without_what_html_needs(text: str) -> None:
    word = lines.quoted(text)
    assert json.loads(word) == text
    assert not set(word) & set("<>&\u2028\u2029\n")


def told(
    number: int, parent: str = "", resolved: bool | None = None, original: str = ""
) -> Comment:
    return Comment(f"16{number:08}", "bob", original, parent, None, "", resolved, "", f"h{number}")


def judged(*comments: Comment) -> bool | None:
    found = threads(comments, {})
    (root,) = found.roots
    return aggregate(found, root)


def test_a_thread_is_judged_as_git_appraise_does() -> None:
    yes, no, none = True, False, None
    for own in (yes, no, none):
        assert judged(told(1, resolved=own)) is own
        assert judged(told(1, resolved=own), told(2, "h1")) is own
        # Nobody has answered the rejection below.
        assert judged(told(1, resolved=own), told(2, "h1", no), told(3, "h1", yes)) is no
    assert judged(told(1, resolved=yes), told(2, "h1", yes)) is yes
    assert judged(told(1, resolved=no), told(2, "h1", yes)) is none
    assert judged(told(1), told(2, "h1", yes)) is none
    answered = (told(2, "h1", no), told(3, "h2", yes))
    assert judged(told(1, resolved=yes), *answered) is yes
    # The newest version is what counts.
    assert judged(told(1, resolved=no), told(2, resolved=yes, original="h1")) is yes


def shape(found: Threads) -> list[list[str]]:
    return [[one.comment.hash for one in found.thread(root)] for root in found.roots]


def test_replies_in_any_order_versions_of_versions_and_lost_ones() -> None:
    some = [told(1), told(2, "h1"), told(3, "h2"), told(4, original="h2"), told(5, original="h4"),
            told(6, "h5"), told(7, "gone"), told(8, original="gone")]  # fmt: skip
    for order in (some, some[::-1]):
        found = threads(order, {})
        assert shape(found) == [["h1", "h2", "h3", "h6"], ["h7"], ["h8"]]
        assert [one.hash for one in found.remarks["h2"].edits] == ["h4", "h5"]
        assert [found.remarks[name].lost for name in ("h1", "h7", "h8")] == [False, True, True]
    assert shape(threads(some[:2], {})) == shape(threads([told(1), told(2, "raw")], {"raw": "h1"}))


def test_circles_and_deep_threads_end() -> None:
    ring = [told(1, "h3"), told(2, "h1"), told(3, "h2"), told(4, "h4"), told(5, original="h5")]
    found = threads(ring, {})
    assert sorted(name for some in shape(found) for name in some) == ["h1", "h2", "h3", "h4", "h5"]
    versions = threads([told(1, original="h2"), told(2, original="h1"), told(3, "h1")], {})
    assert shape(versions) == [["h1", "h3"]]
    deep = [told(1, resolved=True), *(told(n, f"h{n - 1}", True) for n in range(2, 20_000))]
    found = threads(deep, {})
    assert len(found.thread(found.roots[0])) == 19_999
    assert aggregate(found, found.roots[0]) is True
    chain = threads([told(1), *(told(n, original=f"h{n - 1}") for n in range(2, 20_000))], {})
    assert len(chain.remarks["h1"].edits) == 19_998
