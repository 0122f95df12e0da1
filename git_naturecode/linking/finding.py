"""Finding the sessions of commits: by what is written down, then by what their messages name."""

from collections.abc import Iterable

from git_naturecode.domain import links
from git_naturecode.domain.links import ELSEWHERE, UNVERIFIED, Link
from git_naturecode.git import commits as git
from git_naturecode.git.notes import notes
from git_naturecode.linking.known import Known
from git_naturecode.store import note_lines
from git_naturecode.store.store import Store

_NOTES = "refs/notes/naturecode/sessions"


def find(store: Store, commit: str) -> list[Link]:
    """The links of the commit with the full id `commit`; see find_all."""
    known = Known(store)
    try:
        return find_all(known, [commit])[commit]
    finally:
        known.close()


def find_all(known: Known, commits: Iterable[str]) -> dict[str, list[Link]]:
    """The links of each of `commits`.

    A session that the message names and that is not here has a link with the state ELSEWHERE: it
    may be a private one of somebody else. One that only a note names is UNVERIFIED. Of links that
    were taken back nothing is said.
    """
    wanted = list(dict.fromkeys(commits))
    found = known.links(wanted)
    objects = known.store.team.objects
    noted = notes(objects, _NOTES, wanted)
    for commit, info in git.infos(objects, wanted).items():
        there = {link.session for link in found[commit]}
        named = dict.fromkeys(links.sessions_named(info.message), ELSEWHERE)
        for line in noted.get(commit, "").encode().split(b"\n"):
            session = note_lines.session_of(line)
            if session and len(named) < 2 * links.MOST_NAMED:
                named.setdefault(session, UNVERIFIED)
        for session, state in named.items():
            about = known.about(session) if session not in there else None
            if about is not None and commit not in about.links.undone:
                state = links.LINKED if state == ELSEWHERE else state
                state = links.DELETED if about.deleted else state
                found[commit].append(Link(session, commit, via="repair", state=state))
            elif about is None and session not in there:
                found[commit].append(Link(session, commit, via="repair", state=state))
    return found
