"""Finding the sessions of a commit: by what is written down, then by what its message names."""

from git_naturecode.domain import links
from git_naturecode.domain.links import ELSEWHERE, Link
from git_naturecode.git import commits as git
from git_naturecode.linking.known import Known
from git_naturecode.store.store import Store


def find(store: Store, commit: str) -> list[Link]:
    """The links of the commit with the full id `commit`.

    A session that the message names and that is not here has a link with the state ELSEWHERE: it
    may be a private one of somebody else. Of links that were taken back nothing is said.
    """
    known = Known(store)
    try:
        found = known.links([commit])[commit]
        there = {link.session for link in found}
        info = git.infos(store.team.objects, [commit]).get(commit)
        for session in links.sessions_named(info.message) if info else ():
            if session in there:
                continue
            about = known.about(session)
            if about is None:
                found.append(Link(session, commit, via="repair", state=ELSEWHERE))
        return found
    finally:
        known.close()
