"""The edits of files that a transcript records: which entry, when, which path, what became what.

Only calls that went well count. Entries have the ids that the importer of the tool gives them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..domain.attribution import Edit
from ..redact import Redactor
from ..store.entry import Draft
from . import claude, codex, cursor, edits_claude
from .calls import Call, type_of
from .drafts import Drafting, Said
from .edits_told import changes, unfolded_input
from .fields import record, text
from .format import Found
from .found import format_of
from .lines import complete_lines, parse
from .times import when

# Nothing in what these write says whether a call went well.
_UNSAID = frozenset({cursor.TOOL})
_APPLIED = b'"patch_apply_end"'


def edits(found: Found, names: Iterable[str]) -> Iterator[Edit]:
    """The edits of `found` in the order of the file; none where its tool tells of none.

    Edits of files that are called otherwise than `names` may be left out. A path is absolute, or
    as the tool wrote it where the source does not tell in which folder. Raises OSError.
    """
    if found.tool == claude.TOOL:
        yield from edits_claude.edits(found, names)
        return
    applied = _applied(found.path) if found.tool == codex.TOOL else {}
    calls = _Calls(found.tool, found.session, Redactor(), full=True)
    for draft in format_of(found.tool).read(found, calls):
        if draft is not None:
            call, ok = draft.fields["call"], draft.fields["ok"]
            ok = applied.get(call.id.rpartition("/")[2], ok)
            if ok or (ok is None and found.tool in _UNSAID):
                yield from _of(call, draft.id or "", found.project)


def _of(call: Call, entry: str, project: str) -> Iterator[Edit]:
    given = unfolded_input(call.input)
    if type_of(call.name) != "write" and "*** Begin Patch" not in call.input:
        return
    for edit in changes(call.name, given, project):
        made = replace(edit, message=entry, t=call.t)
        shown = record(call.shown)
        if isinstance(shown.get("newContent"), str):
            before = shown.get("originalContent")
            made = replace(
                made, pieces=(), after=text(shown, "newContent"),
                before=before if isinstance(before, str) else None,
            )  # fmt: skip
        yield made


def _applied(path: str) -> dict[str, bool]:
    """Of each patch whose end Codex noted, whether it could be applied."""
    found = {}
    with open(path, "rb") as file:
        for line in complete_lines(file):
            if _APPLIED in line and (value := parse(line)):
                payload = record(value, "payload")
                if text(payload, "type") == "patch_apply_end":
                    found[text(payload, "call_id")] = payload.get("success") is True
    return found


class _Calls(Drafting):
    """In the place of a maker of drafts: gives the calls as they are, and nothing else."""

    def open(self, title: str, t: str, origin: object, forked: object = None) -> None:
        """The beginning of a session is no call."""

    def summary(self, source: str, part: str, value: str, over: str) -> None:
        """Nor is a summary."""

    def change(self, kind: str, name: str, value: str) -> None:
        """Nor is a change of a field."""

    def message(self, said: Said, replaced: str = "") -> None:
        """Nor is a text."""

    def clean(self, text: str) -> str:
        """Nothing is kept of it."""
        return ""

    def call(self, call: Call) -> Draft | None:
        """A call without a result."""
        return self._told(call, self.id(call.id, "call"), None)

    def done(self, call: Call, output: str, ok: bool | None) -> Draft | None:
        """A call with its result."""
        return self._told(call, self.id(call.id, "done"), ok)

    def orphan(self, call: Call, output: str, ok: bool | None) -> None:
        """A result alone does not say what was done."""

    def _told(self, call: Call, entry: str, ok: bool | None) -> Draft | None:
        if not self._new(entry):
            return None
        return Draft("call", {"call": replace(call, t=when(call.t) or ""), "ok": ok}, None, entry)
