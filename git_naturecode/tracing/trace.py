"""From lines that git has blamed to the sessions and messages behind them."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from git_naturecode import clock, ids
from git_naturecode.agents import notes as at_work
from git_naturecode.domain import session as sessions
from git_naturecode.domain.links import DELETED, Link, Wrote
from git_naturecode.domain.said import Message
from git_naturecode.domain.session import KIND, Session
from git_naturecode.git import commits as git
from git_naturecode.git.blame import Blamed
from git_naturecode.git.notes import notes
from git_naturecode.linking.finding import find_all
from git_naturecode.linking.known import Known
from git_naturecode.store import active
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store
from git_naturecode.tracing import git_ai

# How sure it is: the message is proved; its call wrote the file; the commit belongs to the session;
# git-ai says so; the session is not here; the line is not committed; nothing is known.
WROTE, LIKELY, SESSION, GIT_AI, AWAY, UNCOMMITTED, NOTHING = (
    "wrote", "likely", "session", "git-ai", "elsewhere", "uncommitted", "nothing",
)  # fmt: skip
FOUND = frozenset({WROTE, LIKELY, SESSION, GIT_AI, AWAY})
SHOWN_NOTES = ("reviews", "kb")
_CHECKPOINT = re.compile(
    r"^[ \t>*-]*Entire-Checkpoint:[ \t]*([0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26})[ \t]*$", re.M
)
_NOTES = "refs/notes/naturecode/"


@dataclass(frozen=True)
class Traced:
    """One line and what is behind it; `how` is one of the words above.

    `message` wrote the line (or is the last that wrote the file); `others` are further sessions of
    the commit. `said_by_git_ai` is what a note of git-ai says of the line. `by_hand`: messages of
    the session wrote lines of this file in this commit, but not this one as it is. `not_here`: the
    message that wrote it has not come to this clone. `cut_off`: nor has what was before the commit.
    """

    line: Blamed
    how: str = NOTHING
    session_id: str = ""
    session: Session | None = None
    message: Message | None = None
    link: Link | None = None
    others: tuple[str, ...] = ()
    said_by_git_ai: git_ai.Said | None = None
    checkpoints: tuple[str, ...] = ()
    by_hand: bool = False
    not_here: bool = False
    cut_off: bool = False
    deleted: bool = False


@dataclass
class Tracer:
    """Finds what is behind lines; to be closed. Each commit and session is looked at once."""

    store: Store
    sessions: dict[str, Session | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = Known(self.store)
        self._links: dict[str, list[Link]] = {}
        self._named: dict[str, tuple[str, ...]] = {}
        self._git_ai: dict[str, git_ai.Note] = {}

    def trace(self, lines: Sequence[Blamed]) -> list[Traced]:
        """What is behind each of `lines`, in their order."""
        self.learn({line.commit.oid for line in lines} - {""})
        return [self._one(line) for line in lines]

    def links(self, commit: str) -> list[Link]:
        """The links of a commit that was met in `trace`."""
        return self._links.get(commit, [])

    def at_work(self, path: str) -> list[str]:
        """The sessions at work in this work tree, first those that have written `path` lately."""
        store = self.store
        agents = at_work.all_of(store.repo.git_dir, store.now_ms() / 1000)
        writing = [one.session for one in agents if path in one.paths]
        chosen = active.look(store.repo, store.environ).session
        others = [one.session for one in agents]
        return list(dict.fromkeys([*writing, *([chosen] if chosen else []), *others]))

    @property
    def index(self) -> Index:
        """The index, up to date."""
        return self._known.index

    def session(self, entity: str) -> Session | None:
        """The session with that id, read once; None where it is not here."""
        tail = ids.tail(entity)
        if tail not in self.sessions:
            placed = self.store.read(tail, KIND)
            self.sessions[tail] = sessions.build(placed) if placed else None
        return self.sessions[tail]

    def notes(self, commits: Iterable[str]) -> dict[str, list[str]]:
        """What reviews and articles have noted on each of `commits`, line by line."""
        wanted = list(commits)
        found: dict[str, list[str]] = {}
        for name in SHOWN_NOTES:
            for commit, text in notes(self.store.team.objects, _NOTES + name, wanted).items():
                lines = [line for line in text.split("\n") if line.strip()]
                found.setdefault(commit, []).extend(lines)
        return found

    def close(self) -> None:
        """Close the index."""
        self._known.close()

    def learn(self, wanted: Iterable[str]) -> None:
        """Look up the links of those of the commits `wanted` that were not met yet."""
        commits = [oid for oid in dict.fromkeys(wanted) if oid not in self._links]
        if not commits:
            return
        objects = self.store.team.objects
        self._links |= find_all(self._known, commits)
        for oid, info in git.infos(objects, commits).items():
            self._named[oid] = tuple(dict.fromkeys(_CHECKPOINT.findall(info.message)))
        without = [oid for oid in commits if not self._links.get(oid)]
        told = notes(objects, git_ai.REF, without) if without else {}
        self._git_ai |= {oid: git_ai.parse(text) for oid, text in told.items()}

    def _one(self, line: Blamed) -> Traced:
        oid = line.commit.oid
        if not oid:
            return Traced(line, UNCOMMITTED)
        found = self._links.get(oid, [])
        here = [link for link in found if link.state != DELETED and self.session(link.session)]
        missing = None
        for link in here:
            if fact := _fact(link, line):
                session = self.session(link.session)
                message = _message(session, fact.message)
                if message is not None:
                    return self._behind(line, link, found, WROTE, message)
                missing = missing or link
        if missing:
            return replace(self._behind(line, missing, found, SESSION), not_here=True)
        known = any(one.path == line.path for link in here for one in link.wrote)
        for link in here if not known else ():
            if message := self._likely(link, line):
                return self._behind(line, link, found, LIKELY, message)
        if here:
            return replace(self._behind(line, here[0], found, SESSION), by_hand=known)
        if found:
            away = Traced(line, AWAY, found[0].session, link=found[0])
            gone = found[0].state == DELETED
            return replace(away, deleted=gone, others=_others(found, found[0]))
        checkpoints = self._named.get(oid, ())
        if said := git_ai.said(self._git_ai.get(oid), line.path, line.original):
            return Traced(line, GIT_AI, said_by_git_ai=said, checkpoints=checkpoints)
        cut_off = oid in self.store.team.objects.shallow
        return Traced(line, NOTHING, checkpoints=checkpoints, cut_off=cut_off)

    def _behind(
        self, line: Blamed, link: Link, found: Sequence[Link], how: str,
        message: Message | None = None,
    ) -> Traced:  # fmt: skip
        session = self.session(link.session)
        return Traced(line, how, link.session, session, message, link, _others(found, link))

    def _likely(self, link: Link, line: Blamed) -> Message | None:
        """The last message by the time of the commit whose call wrote the file."""
        session = self.session(link.session)
        until = clock.iso(line.commit.seconds * 1000 + 999)
        for message in reversed(session.messages if session else ()):
            header = message.header
            done = header.get("type") == "write" and header.get("ok") is True
            target = header.get("target") if done and message.time <= until else None
            named = target.split(", ") if isinstance(target, str) else []
            if session and any(self._is(session, one, line.path) for one in named):
                return message
        return None

    def _is(self, session: Session, target: str, path: str) -> bool:
        """True when `target`, a path as a tool of `session` saw it, is that of the file `path`.

        Of a checkout that is elsewhere by now only the end of the path is known.
        """
        home, top = self.store.environ.get("HOME", ""), self.store.repo.work_tree or ""
        folder = str(session.origin.get("cwd") or "")
        whole = os.path.normpath(os.path.join(folder, target))
        if whole.startswith("~/"):
            whole = home + whole[1:]
        inside = [root for root in (top, os.path.realpath(top)) if whole.startswith(f"{root}/")]
        if top and inside:
            return whole[len(inside[0]) + 1 :] == path
        return target == path or (os.path.isabs(whole) and whole.endswith("/" + path))


def request(session: Session, message: Message) -> Message | None:
    """What a person had asked for before `message`, in his own words."""
    return _before(session, message, "user")


def answer(session: Session, message: Message) -> Message | None:
    """What the assistant said before `message`, a call of it, and after the request."""
    said, asked = _before(session, message, "assistant"), request(session, message)
    if said is None or (asked and session.messages.index(said) < session.messages.index(asked)):
        return None
    return said


def _before(session: Session, message: Message, role: str) -> Message | None:
    place = next((n for n, one in enumerate(session.messages) if one.id == message.id), 0)
    for one in reversed(session.messages[:place]):
        beside = any(one.header.get(flag) for flag in ("meta", "side", "think"))
        if one.role == role and not beside and (one.text.strip() or one.hidden):
            return one
    return None


def _fact(link: Link, line: Blamed) -> Wrote | None:
    """What says that a message wrote `line`."""
    for one in link.wrote:
        if one.path == line.path and any(a <= line.original <= b for a, b in one.ranges):
            return one
    return None


def _message(session: Session | None, wanted: str) -> Message | None:
    return next((m for m in (session.messages if session else ()) if m.id == wanted), None)


def _others(found: Sequence[Link], chosen: Link) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.session for one in found if one.session != chosen.session))
