"""The database of llm, read-only and within limits: its conversations as pieces in their order."""

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .drafts import tilde
from .fields import Record, records, text, unfolded

Json = Any
_LONGEST = 64 << 20  # bytes of one value
_ID = 200  # characters
_VIRTUAL = re.compile(r"\s*create\s+virtual", re.I)


@dataclass(frozen=True)
class Piece:
    """Something said or done. `brief` is its text with fragments only named.

    `kind` is user, assistant or system for what was said, think, call or result; `source` is the
    id of the response that it belongs to in the older tables.
    """

    kind: str
    t: Json
    model: str = ""
    source: str = ""
    text: str = ""
    brief: str = ""
    call: str = ""
    name: str = ""
    given: Json = None
    ok: bool | None = None
    side: bool = False


@dataclass
class Talk:
    """A conversation: its name, the thread it was forked from, its first and last time."""

    id: str
    name: str = ""
    forked: str = ""
    first: str = ""
    last: str = ""
    tip: str = ""
    generations: set[str] = field(default_factory=set)

    def spans(self, first: Json, last: Json) -> None:
        """Note that it was going on from `first` to `last`."""
        for t in (first, last):
            if isinstance(t, str) and t:
                self.first = min(self.first or t, t)
                self.last = max(self.last, t)


class Log:
    """An open log. Everything raises sqlite3.Error where the file is broken."""

    def __init__(self, path: str) -> None:
        # Without a journal nobody is writing, and nothing is made beside the file.
        journal = f"{path}-wal"
        live = os.path.exists(journal) and os.path.getsize(journal)
        where = Path(path).absolute().as_uri() + ("?mode=ro" if live else "?mode=ro&immutable=1")
        self._db = sqlite3.connect(where, uri=True, isolation_level=None)
        self._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self._db.text_factory = _decoded
        for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._tables = self._columns()
        self.old = {"id", "prompt", "response", "conversation_id"} <= self._has("responses")
        self.new = all(
            columns <= self._has(table)
            for table, columns in {
                "threads": {"id", "tip_message_hash"},
                "turns": {"id", "thread_id", "tip_message_hash"},
                "messages": {"hash", "parent_hash", "role"},
                "parts": {"message_hash", "position", "type", "text", "payload"},
            }.items()
        )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def talks(self, only: str | None = None) -> list[Talk]:
        """All conversations, or the one that is meant."""
        found: dict[str, Talk] = {}
        if self.old:
            self._old_talks(found, only)
        if self.new:
            self._new_talks(found, only)
        return [talk for talk in found.values() if talk.generations]

    def pieces(self, talk: Talk, generation: str) -> Iterator[Piece]:
        """What was said in `talk`, as the tables of `generation` (old or new) tell it."""
        return self._old_pieces(talk) if generation == "old" else self._new_pieces(talk)

    # -- both ------------------------------------------------------------------------------------

    def _columns(self) -> dict[str, set[str]]:
        """Table -> its columns. Views and virtual tables, which may compute anything, are none."""
        rows = self._db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        names = [name for name, sql in rows if isinstance(sql, str) and not _VIRTUAL.match(sql)]
        return {
            name: {
                row[1] for row in self._db.execute("SELECT * FROM pragma_table_info(?)", (name,))
            }
            for name in names
        }

    def _has(self, table: str) -> set[str]:
        return self._tables.get(table, set())

    def _rows(self, table: str, columns: str, where: str = "", *values: Json) -> Iterator[Record]:
        """The rows of `table`; a column that it has not got is None."""
        names = columns.split()
        if not self._has(table):
            return
        chosen = (f'"{n}"' if n in self._has(table) else f'NULL AS "{n}"' for n in names)
        sql = f'SELECT {", ".join(chosen)} FROM "{table}" {where}'
        for row in self._db.execute(sql, values):
            yield dict(zip(names, row, strict=True))

    def _talk(self, found: dict[str, Talk], name: Json, generation: str) -> Talk | None:
        if not isinstance(name, str) or not 0 < len(name) <= _ID:
            return None
        talk = found.setdefault(name, Talk(name))
        talk.generations.add(generation)
        return talk

    def _attached(self, name: Json) -> str:
        """What stands in the place of an attachment; its content is not copied."""
        columns = "id type path url content"
        found = next(self._rows("attachments", columns, "WHERE id = ?", name), None)
        if found is None:
            return "[attachment]"
        size = len(found["content"]) if isinstance(found["content"], bytes) else None
        told = [text(found, "type") or "unknown", f"{size} bytes" if size is not None else ""]
        told.append(text(found, "url") or tilde(text(found, "path")))
        return f"[attachment: {', '.join(filter(None, told))}]"

    def _fragment(self, name: Json) -> tuple[str, str]:
        """A fragment's name in brackets, and its text."""
        columns = "id hash content source"
        found = next(self._rows("fragments", columns, "WHERE id = ?", name), None)
        if found is None:
            return "[fragment]", "[fragment]"
        content = text(found, "content")
        what = text(found, "source") or text(found, "hash")[:8]
        return f"[fragment: {what}, {len(content)} characters]", content

    # -- conversations and responses -------------------------------------------------------------

    def _old_talks(self, found: dict[str, Talk], only: str | None) -> None:
        where, values = ("WHERE conversation_id = ?", (only,)) if only else ("", ())
        for row in self._rows("responses", "conversation_id datetime_utc", where, *values):
            if talk := self._talk(found, row["conversation_id"], "old"):
                talk.spans(row["datetime_utc"], row["datetime_utc"])
        for row in self._rows("conversations", "id name"):
            if isinstance(row["id"], str) and row["id"] in found:
                found[row["id"]].name = text(row, "name")

    def _old_pieces(self, talk: Talk) -> Iterator[Piece]:
        columns = (
            "id model prompt system response datetime_utc resolved_model reasoning conversation_id"
        )
        system = ""
        for row in self._rows(
            "responses", columns, "WHERE conversation_id = ? ORDER BY id", talk.id
        ):
            model = text(row, "resolved_model") or text(row, "model")
            piece = Piece("", row["datetime_utc"], model, str(row["id"]))
            if (told := text(row, "system")) and told != system:
                system = told
                yield replace(piece, kind="system", text=told, brief=told)
            yield from self._old_results(row["id"], piece)
            yield self._old_prompt(row, piece)
            if thought := text(row, "reasoning"):
                yield replace(piece, kind="think", text=thought, brief=thought)
            answer = text(row, "response")
            yield replace(piece, kind="assistant", text=answer, brief=answer)
            columns_of_call = "id name arguments tool_call_id response_id"
            where = "WHERE response_id = ? ORDER BY id"
            for call in self._rows("tool_calls", columns_of_call, where, row["id"]):
                given = unfolded(call["arguments"])
                yield replace(
                    piece, kind="call", call=text(call, "tool_call_id"), name=text(call, "name"),
                    given=given,
                )  # fmt: skip

    def _old_prompt(self, row: Record, piece: Piece) -> Piece:
        where = 'WHERE response_id = ? ORDER BY "order"'
        parts = [
            self._fragment(one["fragment_id"])
            for one in self._rows("prompt_fragments", "fragment_id order", where, row["id"])
        ]
        if prompt := text(row, "prompt"):
            parts.append((prompt, prompt))
        for one in self._rows("prompt_attachments", "attachment_id order", where, row["id"]):
            parts.append((self._attached(one["attachment_id"]),) * 2)
        brief, whole = ("\n".join(part[n] for part in parts) for n in (0, 1))
        return replace(piece, kind="user", text=whole, brief=brief)

    def _old_results(self, response: Json, piece: Piece) -> Iterator[Piece]:
        columns = "id name output tool_call_id exception response_id"
        for row in self._rows(
            "tool_results", columns, "WHERE response_id = ? ORDER BY id", response
        ):
            yield replace(
                piece, kind="result", call=text(row, "tool_call_id"), name=text(row, "name"),
                text=text(row, "output"), ok=not row["exception"],
            )  # fmt: skip

    # -- threads, turns, messages and parts ------------------------------------------------------

    def _new_talks(self, found: dict[str, Talk], only: str | None) -> None:
        where, values = ("WHERE id = ?", (only,)) if only else ("", ())
        columns = "id name tip_message_hash forked_from datetime_utc"
        for row in self._rows("threads", columns, where, *values):
            if talk := self._talk(found, row["id"], "new"):
                talk.name = text(row, "name") or talk.name
                talk.tip, talk.forked = text(row, "tip_message_hash"), text(row, "forked_from")
                talk.spans(row["datetime_utc"], row["datetime_utc"])
        where = "WHERE thread_id = ?" if only else ""
        for row in self._rows("turns", "thread_id datetime_utc", where, *values):
            name = row["thread_id"]
            if isinstance(name, str) and name in found:
                found[name].spans(row["datetime_utc"], row["datetime_utc"])

    def _new_pieces(self, talk: Talk) -> Iterator[Piece]:
        """Every message of the thread in the order of its turns; what its tip does not lead to (an
        answer that was asked for once more) is marked as beside the conversation."""
        main = set(self._chain(talk.tip, set()))
        met: set[str] = set()
        columns = "id thread_id tip_message_hash model resolved_model datetime_utc"
        turns = self._rows("turns", columns, "WHERE thread_id = ? ORDER BY id", talk.id)
        for turn in [*turns, {"tip_message_hash": talk.tip, "datetime_utc": talk.last}]:
            model = text(turn, "resolved_model") or text(turn, "model")
            for name in self._chain(text(turn, "tip_message_hash"), met):
                met.add(name)
                beside = bool(main) and name not in main
                yield from self._message(name, Piece("", turn["datetime_utc"], model, side=beside))

    def _chain(self, tip: str, met: "set[str]") -> list[str]:
        """The messages from the first that is not in `met` to `tip`."""
        chain: list[str] = []
        seen: set[str] = set()
        while tip and tip not in met and tip not in seen:
            row = next(self._rows("messages", "hash parent_hash", "WHERE hash = ?", tip), None)
            if row is None:
                break
            seen.add(tip)
            chain.append(tip)
            tip = text(row, "parent_hash")
        return chain[::-1]

    def _message(self, name: str, piece: Piece) -> Iterator[Piece]:
        row = next(self._rows("messages", "hash role", "WHERE hash = ?", name), {})
        role = text(row, "role")
        role = role if role in ("user", "assistant", "system") else "user"
        said: list[tuple[str, str]] = []
        columns = "message_hash position type tool_name text payload"
        where = "WHERE message_hash = ? ORDER BY position"
        after: list[Piece] = []
        for part in self._rows("parts", columns, where, name):
            payload = unfolded(part["payload"])
            payload = payload if isinstance(payload, dict) else {}
            kind = text(part, "type")
            if kind == "text":
                said.append(self._text(part, payload))
            elif kind == "attachment":
                said.append((self._attached(payload.get("attachment_id")),) * 2)
            elif kind == "reasoning":
                brief, whole = self._text(part, payload)
                yield replace(piece, kind="think", text=whole, brief=brief)
            elif kind in ("tool_call", "tool_result"):
                after.append(self._tool(kind, part, payload, piece))
        if said:
            brief, whole = ("\n".join(one[n] for one in said) for n in (0, 1))
            yield replace(piece, kind=role, text=whole, brief=brief)
        yield from after

    def _text(self, part: Record, payload: Record) -> tuple[str, str]:
        if isinstance(part["text"], str):
            return part["text"], part["text"]
        pieces = [
            self._fragment(one["fragment"])
            if "fragment" in one
            else (text(one, "literal"), text(one, "literal"))
            for one in records(payload, "text_ref")
        ]
        return "".join(p[0] for p in pieces), "".join(p[1] for p in pieces)

    def _tool(self, kind: str, part: Record, payload: Record, piece: Piece) -> Piece:
        name = text(part, "tool_name") or text(payload, "name")
        call = text(payload, "tool_call_id")
        if kind == "tool_call":
            given = unfolded(payload.get("arguments"))
            return replace(piece, kind="call", call=call, name=name, given=given)
        output = [text(payload, "output") or self._text(part, payload)[1]]
        attached = payload.get("attachment_ids")
        output += _each(self._attached, attached if isinstance(attached, list) else [])
        ok = not payload.get("exception")
        said = "\n".join(filter(None, output))
        return replace(piece, kind="result", call=call, name=name, text=said, ok=ok)


def _each(change: Any, values: Iterable[Json]) -> list[str]:
    return [change(value) for value in values]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
