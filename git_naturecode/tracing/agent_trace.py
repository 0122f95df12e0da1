"""What is behind the lines of a file as a record of Agent Trace, version 0.1.0 (agent-trace.dev).

Lines that a message wrote are of an AI, with its model; where only the session is known the
contributor is unknown; of other lines nothing is said. Line numbers are those of the revision.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from git_naturecode import __version__, clock
from git_naturecode.domain.links import Range, ranges_of
from git_naturecode.domain.session import Session
from git_naturecode.git.added import removed_lines
from git_naturecode.git.run import GitFailed
from git_naturecode.render.show import in_json
from git_naturecode.store.entry import Json
from git_naturecode.tracing import trace
from git_naturecode.tracing.trace import Traced, Tracer

VERSION = "0.1.0"
_MODEL = 250  # characters, by the schema
_MAKERS = {
    "claude": "anthropic", "gpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai",
    "codex": "openai", "gemini": "google", "deepseek": "deepseek", "grok": "xai",
}  # fmt: skip


def text(path: str, rev: str, tracer: Tracer, traced: Sequence[Traced], now_ms: int) -> str:
    """The record of `path` at the commit `rev` ("": as it lies in the work tree) as JSON."""
    files = [{"path": path, "conversations": _conversations(traced)}]
    seed = json.dumps([rev, files], sort_keys=True).encode("utf-8", "replace")
    record: dict[str, Json] = {
        "version": VERSION,
        "id": _uuid(seed),
        "timestamp": clock.iso(now_ms),
        "tool": {"name": "git-naturecode", "version": __version__},
        "files": files,
    }
    if rev:
        record["vcs"] = {"type": "git", "revision": rev}
    if deleted := _deleted(tracer, traced):
        record["metadata"] = {"dev.naturecode.deleted": deleted}
    text = json.dumps(record, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()
    return in_json(text)


def _conversations(traced: Sequence[Traced]) -> list[dict[str, Json]]:
    """One for each message (or session alone) that is behind lines."""
    groups: dict[tuple[str, str], list[Traced]] = {}
    for one in traced:
        if one.how in (trace.WROTE, trace.LIKELY, trace.SESSION, trace.GIT_AI):
            message = one.message.id if one.message and one.how == trace.WROTE else ""
            said = one.said_by_git_ai
            groups.setdefault((one.session_id or (said.key if said else ""), message), []).append(
                one
            )
    return [_conversation(group) for group in groups.values()]


def _conversation(group: Sequence[Traced]) -> dict[str, Json]:
    one = group[0]
    found: dict[str, Json] = {"contributor": _contributor(one), "ranges": _ranges(group)}
    if one.session_id:
        whole = f"naturecode://session/{one.session_id}"
        message = one.message if one.how == trace.WROTE else None
        found["url"] = f"{whole}#{message.id}" if message else whole
        if message:
            found["related"] = [{"type": "session", "url": whole}]
    return found


def _contributor(one: Traced) -> dict[str, Json]:
    if one.how == trace.GIT_AI and one.said_by_git_ai:
        said = one.said_by_git_ai
        if not said.tool:
            return {"type": "human" if said.person else "unknown"}
        return _ai(said.model)
    if one.how == trace.WROTE and one.session is not None and one.message is not None:
        return _ai(_model(one.session, one))
    return {"type": "unknown"}


def _ai(model: str) -> dict[str, Json]:
    return {"type": "ai", **({"model_id": model_id(model)} if model else {})}


def model_id(model: str) -> str:
    """`model` as models.dev names it: with its maker before it, where we know him."""
    maker = _MAKERS.get(model.split("-")[0].lower(), "")
    return (f"{maker}/{model}" if maker and "/" not in model else model)[:_MODEL]


def _model(session: Session, one: Traced) -> str:
    """The model that answered last before the message, which is a call of it."""
    answer = trace.answer(session, one.message) if one.message else None
    told = (answer.header.get("model") if answer else None) or (one.link.model if one.link else "")
    return told if isinstance(told, str) else ""


def _ranges(group: Sequence[Traced]) -> list[Mapping[str, Json]]:
    return [_range(one) for one in ranges_of(traced.line.number for traced in group)]


def _range(lines: Range) -> dict[str, Json]:
    return {"start_line": lines[0], "end_line": lines[1]}


def _deleted(tracer: Tracer, traced: Sequence[Traced]) -> list[dict[str, Json]]:
    """What the commits of sessions took away from the file: lines as their parents number them."""
    commits: dict[tuple[str, str], str] = {}
    for one in traced:
        if one.session_id and one.line.commit.oid:
            commits.setdefault((one.line.commit.oid, one.line.path), one.session_id)
    found: list[dict[str, Json]] = []
    for (commit, path), session in commits.items():
        try:
            gone = removed_lines(tracer.store.repo, commit, path)
        except GitFailed:
            continue
        if gone:
            ranges = list(map(_range, gone))
            found.append({"revision": commit, "path": path, "session": session, "ranges": ranges})
    return found


def _uuid(seed: bytes) -> str:
    """A name for the record that is the same for the same content: a UUID of version 8."""
    raw = bytearray(hashlib.sha256(seed).digest()[:16])
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
