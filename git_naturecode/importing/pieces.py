"""Texts too long for one entry: told in several, so that every clone takes them in."""

from collections.abc import Iterator

from git_naturecode import ids
from git_naturecode.capture.times import later
from git_naturecode.store.entry import Draft

# However it is escaped, so much fits below the limit of hygiene (store/hygiene.fits).
MOST_CHARACTERS = 600_000


def pieces(draft: Draft) -> Iterator[Draft]:
    """`draft`, or what it says in several entries.

    The last one keeps the id: an import that was cut off in between does not know it and writes
    all of them again, as versions of the same entries.
    """
    text = draft.body or ""
    if len(text) <= MOST_CHARACTERS or draft.id is None:
        yield draft
        return
    parts = list(_cut(text))
    time = str(draft.fields.get("t", ""))
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        fields = {**draft.fields, **({"t": later(time, number)} if time else {})}
        name = draft.id if last else ids.digest32((draft.id, str(number)), 20)
        yield draft._replace(
            fields=fields, body=part, id=name, redacted=draft.redacted if last else ()
        )


def _cut(text: str) -> Iterator[str]:
    """`text` in pieces that end with a line where one ends in their second half."""
    start = 0
    while len(text) - start > MOST_CHARACTERS:
        end = text.rfind("\n", start + MOST_CHARACTERS // 2, start + MOST_CHARACTERS) + 1
        end = end or start + MOST_CHARACTERS
        yield text[start:end]
        start = end
    yield text[start:]
