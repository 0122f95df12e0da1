"""The entries of a session before they are written: one maker for each thing that can be done."""

from collections.abc import Iterable, Sequence

from git_naturecode.domain import fold
from git_naturecode.domain.people import FIELD
from git_naturecode.domain.session import TEAM_FIELD
from git_naturecode.store.entry import Draft, Entry, Json


def opening(title: str, visibility: str, name: str, foreign: str = "") -> Draft:
    """The entry that begins a session; `foreign` is the id that another system gave it."""
    fields: dict[str, Json] = {"title": title, "visibility": visibility, "name": name}
    return Draft("open", fields | ({"origin": {"session": foreign}} if foreign else {}))


def forking(title: str, visibility: str, name: str, session: str, message: str) -> Draft:
    """The entry that begins a fork of `session`; `message` is the last that it takes along."""
    forked = {"session": session, "message": message}
    fields = {"title": title, "visibility": visibility, "name": name, "forked": forked}
    return Draft("open", fields)


def message(text: str, role: str) -> Draft:
    """The entry that says `text`."""
    return Draft("message", {"role": role}, text)


def comment(text: str, on: str) -> Draft:
    """The entry that remarks `text` on message `on` ("": on the session)."""
    return Draft("comment", {"on": on} if on else {}, text)


def edit(entries: Iterable[Entry], target: str, text: str) -> Draft:
    """The entry that gives `target` the new text; it replaces the edits of it in `entries`."""
    earlier = fold.to_replace(
        one for one in entries if one.kind == "edit" and one.header.get("target") == target
    )
    return Draft("edit", {"target": target, "over": earlier}, text)


def redaction(target: str, reason: str) -> Draft:
    """The entry that hides the text of `target`."""
    return Draft("redact", {"target": target, **({"reason": reason} if reason else {})})


def deletion(reason: str) -> Draft:
    """The entry that deletes a session."""
    return Draft("delete", {"reason": reason} if reason else {})


def attendance(kind: str, name: str) -> Draft:
    """The entry by which somebody joins or leaves (`kind`)."""
    return Draft(kind, {"name": name} if name else {})


def removal(who: str) -> Draft:
    """The entry by which somebody else takes `who` out of a session."""
    return Draft("leave", {"who": who})


def invitation(who: str, can: Sequence[str], *, history: bool = False) -> Draft:
    """The entry that asks `who` to take part, and says what he may do.

    With `history` he gets the keys of what was said before in an encrypted session.
    """
    fields: dict[str, Json] = {"who": who, "can": list(can)}
    return Draft("invite", fields | ({"history": True} if history else {}))


def permission(entries: Sequence[Entry], who: str, can: Sequence[str]) -> Draft:
    """The entry that says what `who` may do from now on."""
    return setting(entries, FIELD + who, list(can))


def setting(entries: Sequence[Entry], name: str, value: Json) -> Draft:
    """The entry that sets scalar `name`, naming those that it replaces among `entries`."""
    return Draft("set", {"field": name, "value": value, "over": fold.current(entries, name)})


def audience(entries: Iterable[Entry], team: str, name: str) -> Draft:
    """The entry that says which team a session is for: its id, and how it is called now."""
    made = setting(list(entries), TEAM_FIELD, team)
    return made._replace(fields={**made.fields, "name": name})


def taking_part(who: str, name: str) -> Draft:
    """The entry by which whoever begins a session lets somebody else take part in it."""
    return Draft("join", {"who": who, **({"name": name} if name else {})})


def element(entries: Iterable[Entry], field: str, value: str, *, there: bool) -> Draft:
    """The entry that puts `value` into set `field` or takes it out, over what was said of it."""
    known = fold.to_replace(
        one
        for one in entries
        if one.kind in ("add", "remove")
        and (one.header.get("field"), one.header.get("value")) == (field, value)
    )
    kind = "add" if there else "remove"
    return Draft(kind, {"field": field, "value": value, "over": known})


def file(path: str, lines: str, blob: str) -> Draft:
    """The entry that shares `path` of the repository, perhaps only `lines`, as it is in `blob`."""
    more = {key: value for key, value in (("lines", lines), ("blob", blob)) if value}
    return Draft("file", {"path": path, **more})
