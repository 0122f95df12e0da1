"""A review as JSON, under the specification's names where it has some."""

from typing import TYPE_CHECKING

from git_naturecode.domain.review.handles import names, thread_names
from git_naturecode.domain.review.model import Comment, Given, Reviewer, Thread
from git_naturecode.render.review_findings_json import analysis_json, findings_json, of_review
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_naturecode.domain.review.behind import Behind
    from git_naturecode.domain.review.keeping import Kept
    from git_naturecode.domain.review.looked import Looked


def json(looked: "Looked", sessions: "Sequence[Behind]" = ()) -> dict[str, Json]:
    """All that this clone knows of a review, and of the `sessions` that the change comes from."""
    review = looked.review
    comments = names(review)
    threads = thread_names(review)
    merged = review.merged
    return {
        "reviewId": review.id,
        "title": review.title,
        "description": review.description,
        "target": review.target.name,
        "targetType": review.target.type,
        "base": review.base,
        "creatorId": review.owner,
        "status": looked.status,
        "canMerge": looked.can_merge,
        "head": looked.head,
        "mergeBase": looked.base,
        "hasCommits": looked.here,
        "movedSince": looked.moved,
        "reviewers": [_reviewer(one, looked.kept, review.threads) for one in review.reviewers],
        "comments": [
            {**_thread(one, threads, comments), "now": _place(looked, one)}
            for one in review.threads
        ],
        "files": _files(looked),
        "revisions": [
            {
                "id": one.id, "number": one.number, "head": one.head, "mergeBase": one.base,
                "baseTip": one.tip, "files": one.changed, "userId": one.by, "timestamp": one.time,
            }
            for one in review.revisions
        ],
        "merged": {
            "userId": merged.by, "timestamp": merged.time, "head": merged.head,
            "result": merged.result, "onto": merged.onto, "strategy": merged.strategy,
            "base": merged.base, "others": [one.result for one in review.merges[1:]],
        } if merged else None,
        "reports": [
            {
                "kind": one.what, "commit": one.commit, "timestamp": one.time or None,
                "status": one.status or None, "agent": one.agent or None, "url": one.url or None,
            }
            for one in review.reports
        ],
        "aiAnalysis": of_review(review),
        "findings": findings_json(review, looked.places),
        "analyses": [analysis_json(one) for one in review.analyses],
        "links": review.links,
        "sessions": [_session(one) for one in sessions],
        "hasDrafts": review.has_drafts,
        "createdAt": review.created,
        "updatedAt": review.updated,
    }  # fmt: skip


def _session(one: "Behind") -> dict[str, Json]:
    return {
        "state": one.state, "sessionId": one.session or None, "name": one.name or None,
        "tool": one.tool or None, "visibility": one.visibility or None, "commits": one.commits,
    }  # fmt: skip


def _reviewer(one: Reviewer, kept: "Mapping[str, Kept]", threads: list[Thread]) -> dict[str, Json]:
    said = [c.id for t in threads for c in t.comments if c.by.casefold() == one.who.casefold()]
    return {
        "userId": one.who, "name": one.name, "required": one.required, "asked": one.asked,
        "status": one.status, "comments": said,
        "verdict": _verdict(one.verdict, kept) if one.verdict else None,
    }  # fmt: skip


def _verdict(given: Given, kept: "Mapping[str, Kept]") -> dict[str, Json]:
    left = kept.get(given.id)
    stale: list[Json] = list(left.stale_files) if left else []
    return {
        "id": given.id, "value": given.value, "comment": given.text, "timestamp": given.time,
        "head": given.head, "onlyFiles": list(given.files), "imported": given.imported,
        "standing": left.state if left else "", "staleFiles": stale,
        "draft": given.draft,
    }  # fmt: skip


def _thread(thread: Thread, threads: dict[str, str], comments: dict[str, str]) -> dict[str, Json]:
    found = _comment(thread.first, comments)
    settled = thread.settled
    return {
        **found,
        "thread": threads[thread.id],
        "resolved": thread.resolved,
        "resolvedBy": settled.by if settled and thread.resolved else None,
        "newSinceResolved": thread.news,
        "replies": [_comment(one, comments) for one in thread.comments[1:]],
    }


def _place(looked: "Looked", thread: Thread) -> Json:
    place = looked.places.get(thread.id)
    return place.json() if place else None


def _comment(one: Comment, comments: dict[str, str]) -> dict[str, Json]:
    anchor = one.anchor
    return {
        "id": one.id,
        "handle": comments[one.id],
        "filePath": anchor.path if anchor else None,
        "line": anchor.line or None if anchor else None,
        "endLine": anchor.end or None if anchor else None,
        "side": anchor.side if anchor else None,
        "commit": anchor.commit or None if anchor else None,
        "outsideDiff": bool(anchor and anchor.outside),
        "comment": one.text,
        "userId": one.by,
        "timestamp": one.time,
        "revision": one.revision or None,
        "reactions": {value: list(people) for value, people in one.reactions},
        "flags": list(one.flags),
        "draft": one.draft,
    }


def _files(looked: "Looked") -> list[Json] | None:
    if looked.files is None:
        return None
    return [
        {"path": one.path, "status": one.status, "oldPath": one.old or None, "patchId": one.id}
        for one in looked.files.values()
    ]
