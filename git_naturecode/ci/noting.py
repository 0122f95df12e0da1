"""What a job found, as a line on the commit where merge rules look: `ci: [NAME]`."""

import json

from git_naturecode.errors import NaturecodeError
from git_naturecode.reviewing.explaining import CI
from git_naturecode.store.lock import alone
from git_naturecode.store.notes import Book, ref_log
from git_naturecode.store.store import Store

_TRIES, _PATIENCE = 20, 5.0


def note(store: Store, head: str, agent: str, *, is_good: bool, url: str = "") -> None:
    """Say in the notes of `head` how the check `agent` ended (git-appraise's form of CI reports).

    It takes the place of what the agent has said before. Raises NaturecodeError when others keep
    writing.
    """
    said = {
        "agent": agent, "status": "success" if is_good else "failure",
        "timestamp": f"{store.now_ms() // 1000:010}", "url": url, "v": 0,
    }  # fmt: skip
    line = json.dumps(said, sort_keys=True).encode()
    log = ref_log(store, CI)
    with alone(store.lock, _PATIENCE):
        for _ in range(_TRIES):
            tip = log.objects.resolve(CI)
            book = Book(log.objects, tip, store.now_ms())
            before = {one for one in book.lines([head])[head] if not _is_by(one, agent)}
            new = book.changed({head: frozenset({*before, line})}, f"Note how {agent} ended")
            if new is None or log.move(new, tip, _PATIENCE):
                return
    raise NaturecodeError(f"{CI} keeps moving", "try again")


def _is_by(line: bytes, agent: str) -> bool:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("agent") == agent
