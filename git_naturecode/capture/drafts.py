"""Drafts of imported entries: ids from the source, every text redacted before it is cut."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..domain.continued import Copied
from ..ids import imported_entry
from ..redact import Redactor
from ..store.entry import Draft
from .calls import Call
from .cut import cut_line, cut_output, cut_title, kept_labels

Json = Any
TITLE = 80
TARGET = 200
SHA = 16
_HOME = re.compile(r"(?:/Users/[^/]+|/home/[^/]+|/root|[A-Za-z]:\\Users\\[^\\]+)(?=[/\\]|$)")


def nothing_known(_: str) -> bool:
    """The default of `known`: the store has no entry yet."""
    return False


def tilde(path: str) -> str:
    """`path` with the home folder at its beginning written as ~."""
    return _HOME.sub("~", path, count=1) if _HOME.match(path) else path


@dataclass(frozen=True)
class Said:
    """A message of the source before redaction; `source` and `part` make its id."""

    source: str
    part: str
    role: str
    text: str
    t: str
    model: str = ""
    flags: tuple[str, ...] = ()


@dataclass
class Drafting:
    """Makes the drafts of one conversation; None where the store or this run has the entry."""

    tool: str
    session: str
    redactor: Redactor
    full: bool = False
    known: Callable[[str], bool] = nothing_known
    _made: set[int] = field(default_factory=set)

    def id(self, source: str, part: str) -> str:
        """The id that every clone gives to `part` of message `source`."""
        return imported_entry(self.tool, self.session, source, part)

    def has(self, entry: str) -> bool:
        """True when the store knows `entry` or this run has made it."""
        return hash(entry) in self._made or self.known(entry)

    def _new(self, entry: str) -> bool:
        if self.has(entry):
            return False
        self._made.add(hash(entry))
        return True

    def open(
        self, title: str, t: str, origin: Mapping[str, str], forked: Copied | None = None
    ) -> Draft | None:
        """The draft that begins the session, which goes on from `forked`."""
        entry = self.id("open", "")
        if not self._new(entry):
            return None
        kept = {
            "tool": self.tool,
            "session": self.session,
            **{k: v for k, v in origin.items() if v},
        }
        texts, labels = self.redactor.texts([title, *kept.values()])
        fields: dict[str, Json] = {"title": cut_title(texts[0], TITLE)}
        fields["origin"] = dict(zip(kept, texts[1:], strict=True))
        fields["t"] = t
        if forked:
            fields["forked"] = {"session": forked.session, "message": forked.message}
        return self._draft("open", fields, None, entry, labels)

    def summary(self, source: str, part: str, value: str, over: str) -> Draft | None:
        """The draft that sets the session's summary, in the place of the one with id `over`."""
        entry = self.id(source, part)
        if not self._new(entry):
            return None
        text, labels = self.redactor.text(value)
        fields: dict[str, Json] = {"field": "summary", "value": text}
        if over:
            fields["over"] = [over]
        return self._draft("set", fields, None, entry, labels)

    def summary_of(self, count: int, value: str) -> Draft | None:
        """The draft of the summary of the first `count` messages, in the place of the last one."""
        before = (self.id("summary", str(number)) for number in reversed(range(count)))
        return self.summary("summary", str(count), value, next(filter(self.has, before), ""))

    def change(self, kind: str, name: str, value: str) -> Draft | None:
        """The draft that sets (`set`) or adds (`add`) field `name`, known by what it says."""
        text, labels = self.redactor.text(value)
        entry = self.id(name, text)
        if not self._new(entry):
            return None
        return self._draft(kind, {"field": name, "value": text}, None, entry, labels)

    def message(self, said: Said, replaced: str = "") -> Draft | None:
        """The draft of one message; it replaces part `replaced` of its source, if known."""
        entry = self.id(said.source, said.part)
        if not said.text or not self._new(entry):
            return None
        (text, model), labels = self.redactor.texts([said.text, said.model])
        fields: dict[str, Json] = {"role": said.role, "t": said.t}
        if model:
            fields["model"] = model
        fields.update(dict.fromkeys(said.flags, True))
        if replaced and self.known(earlier := self.id(said.source, replaced)):
            fields["over"] = [earlier]
        return self._draft("message", fields, text, entry, labels)

    def clean(self, text: str) -> str:
        """`text` redacted, for an id that must not tell what was in it."""
        return self.redactor.text(text)[0]

    def done_id(self, call_id: str) -> str | None:
        """The id of the entry of a call that is done; None where there is that entry already."""
        entry = self.id(call_id, "done")
        return None if self.has(entry) else entry

    def call(self, call: Call) -> Draft | None:
        """The draft of a call that has no result."""
        entry = self.id(call.id, "call")
        return self._tool(call, None, {}, entry) if self._new(entry) else None

    def done(self, call: Call, output: str, ok: bool | None) -> Draft | None:
        """The draft of a call with its result; it replaces what was known of the call before."""
        if not self._new(call.entry):
            return None
        extra: dict[str, Json] = {} if ok is None else {"ok": ok}
        if self.known is not nothing_known:
            parts = (self.id(call.id, part) for part in ("call", "result"))
            if over := [entry for entry in parts if self.known(entry)]:
                extra["over"] = over
        return self._tool(call, output, extra, call.entry)

    def orphan(self, call: Call, output: str, ok: bool | None) -> Draft | None:
        """The draft of a result whose call is not in this file."""
        entry = self.id(call.id, "result")
        if not self._new(entry):
            return None
        return self._tool(call, output, {} if ok is None else {"ok": ok}, entry)

    def _tool(self, call: Call, output: str | None, extra: dict[str, Json], entry: str) -> Draft:
        texts = [call.name, tilde(call.about), call.input, output or ""]
        (name, target, given, out), labels = self.redactor.texts(texts)
        fields: dict[str, Json] = {"role": "tool", "t": call.t, "type": call.type}
        if name:
            fields["tool"] = name
        if target:
            fields["target"] = cut_line(target, TARGET)
        fields.update(extra)
        if call.side:
            fields["side"] = True
        body = out
        if output is not None:
            body = self._measure(fields, out)
        if self.full and given:
            fields["in"] = len(given)
            body = f"{given}\n{out}"
        return self._draft("message", fields, body, entry, labels)

    def _measure(self, fields: dict[str, Json], output: str) -> str:
        """Note size and, where it is cut, hash of `output`; give what is kept of it."""
        short = None if self.full else cut_output(output)
        if short is None:
            ascii_only = output.isascii()
            fields["size"] = (
                len(output) if ascii_only else len(output.encode("utf-8", "surrogatepass"))
            )
            return output
        data = output.encode("utf-8", "surrogatepass")
        fields["size"] = len(data)
        fields["sha"] = hashlib.sha256(data).hexdigest()[:SHA]
        return short

    def _draft(
        self,
        kind: str,
        fields: dict[str, Json],
        body: str | None,
        entry: str,
        labels: tuple[str, ...],
    ) -> Draft:
        if labels:
            labels = kept_labels("\n".join([*_texts_of(fields), body or ""]), labels)
        return Draft(kind, fields, body, entry, labels, clean=True)


def _texts_of(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts_of(item)]
    return []
