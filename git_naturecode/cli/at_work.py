"""What status and `session use` say of agents at work in this work tree, and what they left."""

from typing import TYPE_CHECKING

from git_naturecode import clock
from git_naturecode.agents import notes
from git_naturecode.cli.answers import count
from git_naturecode.store import active
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.agents.notes import AtWork

_FEW = 5


class Working:
    """Whether capture is on, the active session and why, who is at work, what could be shared."""

    def __init__(self, store: Store, index: Index) -> None:
        common = store.repo.common_dir
        self.capture = notes.is_captured(common)
        self.active = active.look(store.repo, store.environ)
        self.agents = at_work(store)
        self.later = index.count("session", {"shared": ("yes",), "private": ("yes",)})

    def text(self) -> str:
        """A line for each of these that there is something to say of."""
        lines = [f"capture is {'on' if self.capture else 'off'}"]
        if self.active.session:
            why = " (NATURECODE_SESSION)" if self.active.why == active.ENVIRONMENT else ""
            lines[0] += f"; commits here belong to {self.active.session}{why}"
        elif self.agents:
            lines[0] += f"; {count(len(self.agents), 'agent')} at work here"
        lines += [f"  {one.session}  {_files(one)}" for one in self.agents[:_FEW]]
        if self.later:
            lines.append(
                f"{count(self.later, 'shared session')} went on since: what is new there is "
                "private until `git naturecode session share ID`"
            )
        return "\n".join(lines)

    def json(self) -> dict[str, Json]:
        """The same for programs."""
        return {
            "capture": self.capture, "active": self.active.session or None,
            "activeWhy": self.active.why, "agents": [agent_json(one) for one in self.agents],
            "sharedWithPrivate": self.later,
        }  # fmt: skip


def at_work(store: Store) -> "list[AtWork]":
    """The agents at work in this work tree; none where capture is off."""
    if not notes.is_captured(store.repo.common_dir):
        return []
    return notes.all_of(store.repo.git_dir, store.now_ms() / 1000)


def agent_json(one: "AtWork") -> dict[str, Json]:
    """An agent at work, for programs."""
    return {"id": one.session, "at": clock.iso(one.seconds * 1000), "files": list(one.paths)}


def _files(one: "AtWork") -> str:
    files = count(len(one.paths), "file") if one.paths else "nothing"
    return f"{files} to commit, active {clock.iso(one.seconds * 1000)[:16].replace('T', ' ')} UTC"
