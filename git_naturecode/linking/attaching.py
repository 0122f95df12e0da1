"""Links that a person makes or takes back, or that were found again: what else they say."""

from collections.abc import Iterable, Mapping

from git_naturecode import ids
from git_naturecode.domain.links import Link
from git_naturecode.git.objects import CommitInfo
from git_naturecode.linking.carry import carried
from git_naturecode.linking.known import Known
from git_naturecode.linking.lines import Evidence
from git_naturecode.linking.writing import write
from git_naturecode.store.store import Store


def attach(store: Store, session: str, infos: Mapping[str, CommitInfo]) -> list[str]:
    """Link `session` to the commits of `infos`; those that were not linked to it before."""
    known = Known(store)
    try:
        about = known.about(session)
        there = about.links.live if about else {}
        fresh = [Link(session, oid) for oid in infos if oid not in there]
        write(store, known, described(store, known, fresh, infos))
        return [link.commit for link in fresh]
    finally:
        known.close()


def described(
    store: Store, known: Known, fresh: Iterable[Link], infos: Mapping[str, CommitInfo]
) -> list[Link]:
    """`fresh` with the tool, the model, what was said by then, and who wrote which lines.

    The latter from the commits that each was made from, where these tell, else from transcripts.
    """
    links = list(fresh)
    earlier = known.links(origin for one in links for origin in one.origins)
    olds = {(old.session, old.commit): old for found in earlier.values() for old in found}
    told, evidence = [], Evidence(store)
    for one in carried(store, links, olds):
        about = known.about(one.session)
        if about is None or one.commit not in infos:
            continue
        messages, model = about.said_by(infos[one.commit].seconds)
        wrote = one.wrote or evidence.written(ids.tail(one.session), one.commit)
        told.append(one._replace(tool=about.tool, model=model, messages=messages, wrote=wrote))
    return told
