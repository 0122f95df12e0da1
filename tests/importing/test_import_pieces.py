"""A text that is too long for one entry is told in several, and all of it arrives."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from box import Box
from git_naturecode.importing import pieces
from git_naturecode.store.entry import Draft
from transcripts import line, write

T = "2026-11-22T10:00:00.000Z"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab\n", max_size=60), st.integers(1, 9))
def test_the_pieces_are_the_text(text: str, most: int) -> None:
    before = pieces.MOST_CHARACTERS
    pieces.MOST_CHARACTERS = most
    try:
        draft = Draft("message", {"t": T}, text, "0" * 20, ("x",))
        found = list(pieces.pieces(draft))
    finally:
        pieces.MOST_CHARACTERS = before
    assert "".join(one.body or "" for one in found) == text
    assert all(len(one.body or "") <= most for one in found)
    assert len({one.id for one in found}) == len(found)
    assert (found[-1].id, found[-1].redacted) == (draft.id, ("x",))
    assert sorted(str(one.fields["t"]) for one in found) == [one.fields["t"] for one in found]
    assert len(found) == 1 or len(text) > most


def test_a_huge_message_reaches_the_others(box: Box, tmp_path: Path) -> None:
    said = "".join(f"line {number} of a very long text\n" for number in range(60_000))
    file = write(tmp_path / "s1.jsonl", [line("user", "u1", said)])
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    ada.nc("session", "import", "--visibility", "team", file)
    assert "nothing new" in ada.nc("session", "import", "--visibility", "team", file).out
    ada.nc("sync")
    answer = ben.nc("sync")
    assert "kept out" not in answer.err
    (session,) = ben.ids()
    assert "".join(ben.texts(session)) == said
