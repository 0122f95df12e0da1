"""One transcript read as drafts of entries, whatever tool wrote it."""

from collections.abc import Callable, Iterator

from ..errors import Usage
from ..redact import Redactor
from ..store.entry import Draft
from .drafts import Drafting, nothing_known
from .format import Found
from .found import format_of, identify


class Reading(Iterator[Draft]):
    """The drafts of a file; `broken` counts the lines so far that could not be read."""

    def __init__(self, drafts: "Iterator[Draft | None]", found: Found) -> None:
        self._drafts = drafts
        self.found = found
        self.broken = 0

    def __next__(self) -> Draft:
        for draft in self._drafts:
            if draft is not None:
                return draft
            self.broken += 1
        raise StopIteration


def read(
    path: str | Found,
    redactor: Redactor,
    *,
    full: bool = False,
    known: Callable[[str], bool] = nothing_known,
) -> Reading:
    """The drafts of a conversation: first `open`, then what was said and done, in its order.

    A path stands for the first conversation in that file. Every text was redacted before it was
    cut. `full` also keeps reasoning, and input and output of tools uncut. Entries whose id is
    `known` are left out without a look at their text. Raises Usage when the file is no
    transcript that we know; OSError when it cannot be read.
    """
    found = identify(path) if isinstance(path, str) else path
    if found is None:
        raise Usage(f"{path} is no transcript that we know")
    drafting = Drafting(found.tool, found.session, redactor, full, known)
    return Reading(format_of(found.tool).read(found, drafting), found)
