"""What the index keeps of a review: its row for lists, the texts to search, facets."""

from git_naturecode.domain.people import key
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import REJECT, Review
from git_naturecode.store.described import TITLE, Described
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Placed


def describe(tail: str, placed: list[Placed]) -> Described | None:
    """What the index keeps of the review with these entries; None where nothing opens one."""
    review = build(placed)
    if not review.opened and not review.deleted:
        return None
    made = row(review)
    return Described(made, review.updated, texts(review), facets(review))


def row(review: Review) -> dict[str, Json]:
    """What a list says about a review."""
    revision, counted = review.revision, review.counted
    origin, live = review.origin.get("review"), review.live_findings
    return {
        "id": review.id,
        "title": review.title,
        "status": review.status,
        "owner": review.owner,
        "target": review.target.name,
        "targetType": review.target.type,
        "base": review.base,
        "head": revision.head if revision else "",
        "revisions": len(review.revisions),
        "files": revision.changed if revision else 0,
        "reviewers": [one.who for one in review.reviewers],
        "waitingFor": waiting(review),
        "approvals": review.approvals,
        "rejections": sum(one.value == REJECT for one in counted),
        "threads": len(review.threads),
        "openThreads": len(review.open_threads),
        "findings": len(live),
        "severity": live[0].finding.severity if live else "",
        "hasDrafts": review.has_drafts,
        "origin": origin if isinstance(origin, str) else "",
        "createdAt": review.created,
        "updatedAt": review.updated,
    }


def waiting(review: Review) -> list[str]:
    """The reviewers who have not said what they think of the newest revision, in any part of it;
    the owner is waited for where somebody asks for changes of that."""
    now = review.revision
    if review.merges or review.is_closed or review.deleted or now is None:
        return []
    owner = key(review.owner)
    fresh = {key(one.by): one.value for one in review.verdicts if one.digest in ("", now.digest)}
    found = [one.who for one in review.reviewers if key(one.who) not in {owner, *fresh}]
    rejected = any(who != owner and value == REJECT for who, value in fresh.items())
    return [*found, review.owner] if rejected else found


def texts(review: Review) -> list[tuple[str, str]]:
    """What a search looks through: (id of the entry, or what it is; text). Nothing hidden."""
    if review.deleted:
        return []
    found = [(TITLE, review.title), ("description", review.description)]
    found += [(one.id, one.text) for thread in review.threads for one in thread.comments]
    found += [(one.id, one.text) for one in review.verdicts]
    found += [(one.id, one.finding.message) for one in review.findings]
    return [(name, text) for name, text in found if text]


def facets(review: Review) -> list[tuple[str, str]]:
    """What lists can be narrowed by."""
    origin = review.origin.get("review")
    found = [("status", review.status), ("owner", key(review.owner))]
    found += [("origin", origin if isinstance(origin, str) else "")]
    found += [("reviewer", key(one.who)) for one in review.reviewers]
    found += [("waiting", key(one)) for one in waiting(review)]
    found += [("target", review.target.name), ("base", review.base)]
    found += [("head", one.head) for one in review.revisions]
    found += [("draft", "yes" if review.has_drafts else "")]
    found += [("approval", "yes" if review.approvals else "")]
    return sorted({(name, value) for name, value in found if value})
