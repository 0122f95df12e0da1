"""What stands behind a line: a session linked to a commit with its proof, or a note of git-ai."""

import json

from box import Clone
from git_naturecode import linking
from git_naturecode.domain.links import Link, Wrote
from git_naturecode.linking.lines import written
from transcript_work import Work


def linked(work: Work, commit: str = "HEAD", wrote: tuple[Wrote, ...] | None = None) -> str:
    """Import the session and link it to `commit`, with what its transcript proves."""
    session = work.imported()
    oid = work.clone.git("rev-parse", commit).strip()
    with work.clone.store(many=False) as store:
        facts = written(store, work.tail, oid) if wrote is None else wrote
        linking.link(store, [Link(session, oid, via="hook", wrote=facts)])
    return session


NOTE = """src/a.py
  s_0123456789abcd::t_0123456789abcd 1-2,4
"src/with blank.py"
  abcdef0123456789 1
  h_0123456789abcd 2
---
%s"""


def git_ai(clone: Clone) -> None:
    about = {
        "schema_version": "authorship/3.0.0", "base_commit_sha": "0" * 40,
        "prompts": {"abcdef0123456789": {"agent_id": {"tool": "cursor", "model": "m1"}}},
        "humans": {"h_0123456789abcd": {"author": "Ben <ben@example.com>"}},
        "sessions": {"s_0123456789abcd": {
            "agent_id": {"tool": "claude", "id": "x1", "model": "claude-opus-4-5"},
            "human_author": "Ada <ada@example.com>",
        }},
    }  # fmt: skip
    clone.git("notes", "--ref=ai", "add", "-m", NOTE % json.dumps(about))
