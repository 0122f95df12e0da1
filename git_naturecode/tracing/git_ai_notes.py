"""Writing what is known of commits as notes that git-ai reads (Git AI standard, version 3.0.0).

No text of a session goes into a note, since no purge could take it out again: `messages` is empty.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from git_naturecode.domain.links import LINKED, Link, Range, merged, ranges_text
from git_naturecode.domain.session import Session
from git_naturecode.git.notes import add_note, notes
from git_naturecode.store.entry import Json
from git_naturecode.tracing import git_ai
from git_naturecode.tracing.trace import Tracer

SCHEMA = "authorship/3.0.0"
_KEY = 16  # hexadecimal characters of SHA-256 over `tool:session`
_TOOLS = {"claude-code": "claude", "copilot": "github-copilot"}
_QUOTED = frozenset(" \t\n")


@dataclass
class Written:
    """The commits that got a note; that had one; whose lines are of private sessions."""

    written: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)


def write(tracer: Tracer, commits: Iterable[str]) -> Written:
    """Write a note on each of `commits` of which a message of a shared session wrote lines.

    A note of git-ai that is there stays as it is. Raises GitFailed.
    """
    wanted, done = list(dict.fromkeys(commits)), Written()
    known = notes(tracer.store.team.objects, git_ai.REF, wanted)
    for commit in wanted:
        links = [one for one in tracer.links(commit) if one.state == LINKED and one.wrote]
        shared = [(one, s) for one in links if (s := tracer.session(one.session)) and s.shared]
        if commit in known and links:
            done.there.append(commit)
        elif shared:
            add_note(tracer.store.repo, git_ai.REF, commit, text(commit, shared))
            done.written.append(commit)
        elif links:
            done.private.append(commit)
    return done


def text(commit: str, links: Sequence[tuple[Link, Session]]) -> str:
    """The note on `commit`: the lines of each file by session, then what the sessions are."""
    by_path: dict[str, dict[str, tuple[Range, ...]]] = {}
    prompts: dict[str, Json] = {}
    for link, session in links:
        key, total = _key(session), 0
        for fact in link.wrote:
            lines = merged(fact.ranges)
            total += sum(b - a + 1 for a, b in lines)
            own = by_path.setdefault(fact.path, {})
            own[key] = merged((*own.get(key, ()), *lines))
        prompts[key] = _prompt(link, session, total)
    shown = []
    for path, keys in sorted(by_path.items()):
        shown.append(f'"{path}"' if _QUOTED & set(path) else path)
        shown += [f"  {key} {ranges_text(lines)}" for key, lines in sorted(keys.items())]
    about = {"schema_version": SCHEMA, "base_commit_sha": commit, "prompts": prompts}
    return "\n".join([*shown, "---", json.dumps(about, indent=2)])


def _key(session: Session) -> str:
    tool, name = _named(session)
    return hashlib.sha256(f"{tool}:{name}".encode("utf-8", "replace")).hexdigest()[:_KEY]


def _named(session: Session) -> tuple[str, str]:
    """The tool as git-ai calls it, and the tool's own id of the conversation."""
    tool, name = (str(session.origin.get(key) or "") for key in ("tool", "session"))
    return _TOOLS.get(tool, tool) or "naturecode", name or session.id


def _prompt(link: Link, session: Session, lines: int) -> dict[str, Json]:
    tool, name = _named(session)
    owner = next((one for one in session.participants if one.id == session.owner), None)
    person = f"{owner.name or owner.id} <{owner.id}>" if owner else ""
    return {
        "agent_id": {"tool": tool, "id": name, "model": link.model},
        **({"human_author": person} if person else {}),
        "messages": [], "total_additions": lines, "total_deletions": 0, "accepted_lines": lines,
        "overriden_lines": 0,
    }  # fmt: skip
