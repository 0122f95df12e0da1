"""A pull request on GitHub, by PyGithub: its lines, our threads in it, new comments."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import requests
from github import Auth, Github, GithubException
from github.GithubRetry import GithubRetry
from github.PullRequest import PullRequest, ReviewComment

from git_naturecode.bridges import failures, marks
from git_naturecode.bridges.forge import Change, Note, Posted
from git_naturecode.bridges.lines import Shown, shown

TOKEN = "GITHUB_TOKEN"
_TIMEOUT, _MOST_WAIT, _RETRIES = 30, 120.0, 3
_AT_ONCE = 50  # comments of one review
_MOST_SPLITS = 20
_COMMENTS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    comments(first: 100, after: $after) {
      nodes { databaseId url body viewerDidAuthor } pageInfo { hasNextPage endCursor } } } }
}"""
_THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      nodes { id path isResolved resolvedBy { login } comments(first: 1) {
        nodes { body viewerDidAuthor } } } pageInfo { hasNextPage endCursor } } } }
}"""
_RESOLVE = """
mutation($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}"""
_REOPEN = """
mutation($thread: ID!) {
  unresolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}"""


class GithubChange:
    """Pull request `number` of `repository` ("owner/name") on the server with the API `url`."""

    name = "GitHub"

    def __init__(self, url: str, repository: str, number: int, token: str) -> None:
        self._api = _opened(url, token)
        self._repository, self._number = repository, number

    @cached_property
    def _pull(self) -> PullRequest:
        return self._api.get_repo(self._repository).get_pull(self._number)

    def change(self) -> Change:
        """What it is at present."""
        with _told():
            pull = self._pull
            return Change(
                self._number, pull.base.sha, pull.head.sha, pull.title or "",
                pull.user.login if pull.user else "", pull.html_url, pull.state == "open",
            )  # fmt: skip

    def shown(self) -> Mapping[str, Shown | None]:
        """The files of the change, with the lines that their patches show."""
        with _told():
            files = list(self._pull.get_files())
            return {one.filename: shown(one.patch) if one.patch else None for one in files}

    def posted(self) -> list[Posted]:
        """The threads that this token's account has begun."""
        found = []
        for thread, viewer in self._nodes(_THREADS, "reviewThreads"):
            said = thread["comments"]["nodes"]
            if said and said[0]["viewerDidAuthor"] and (name := marks.fingerprint(said[0]["body"])):
                by = (thread["resolvedBy"] or {}).get("login")
                by_us = _account(by) == _account(viewer)
                found.append(
                    Posted(
                        name, thread["id"], thread["path"], thread["isResolved"], by_us,
                        marks.by(said[0]["body"]),
                    )
                )  # fmt: skip
        return found

    def post(self, notes: Sequence[Note], head: str) -> list[Note]:
        """One review for each 50 comments; those that GitHub refuses are found by halving."""
        refused: list[Note] = []
        whole = [one for one in notes if not one.line]
        lines = [one for one in notes if one.line]
        for at in range(0, len(lines), _AT_ONCE):
            refused += self._reviewed(lines[at : at + _AT_ONCE], head, _MOST_SPLITS)[0]
        for one in whole:
            refused += [] if self._on_file(one, head) else [one]
        return refused

    def _reviewed(self, notes: Sequence[Note], head: str, splits: int) -> tuple[list[Note], int]:
        """Post `notes` as one review; those that cannot be posted, and how many requests may yet
        be spent on finding out which."""
        if not notes:
            return [], splits
        comments = [_comment(one) for one in notes]
        try:
            with _told(may_refuse=True):
                commit = self._pull.base.repo.get_commit(head)
                self._pull.create_review(
                    commit=commit, body=_heading(len(notes)), event="COMMENT", comments=comments
                )
            return [], splits
        except _Refused:
            if len(notes) == 1 or splits <= 0:
                return list(notes), splits
        middle = len(notes) // 2
        first, splits = self._reviewed(notes[:middle], head, splits - 1)
        second, splits = self._reviewed(notes[middle:], head, splits - 1)
        return first + second, splits

    def _on_file(self, note: Note, head: str) -> bool:
        try:
            with _told(may_refuse=True):
                self._pull.create_review_comment(
                    marks.finding(note.text, note.fingerprint, note.by), head, note.path,
                    subject_type="file",
                )  # fmt: skip
        except _Refused:
            return False
        return True

    def resolve(self, threads: Sequence[str], *, done: bool = True) -> None:
        """Mark threads as resolved, or as open; REST has no way to do so."""
        for thread in threads:
            with _told():
                self._api.requester.graphql_query(_RESOLVE if done else _REOPEN, {"thread": thread})

    def summary(self, text: str) -> str:
        """The comment of this account that has our mark is edited, or one is made."""
        marked = marks.summary(text)
        for one, _ in self._nodes(_COMMENTS, "comments"):
            if one["viewerDidAuthor"] and marks.is_summary(one["body"]):
                if one["body"].strip() != marked.strip():
                    with _told():
                        self._pull.get_issue_comment(one["databaseId"]).edit(marked)
                return str(one["url"])
        with _told():
            return self._pull.create_issue_comment(marked).html_url

    def _nodes(self, query: str, what: str) -> Iterator[tuple[Any, str]]:
        """All nodes of a list of the pull request, page by page; with who asks, where that is
        asked for."""
        owner, _, name = self._repository.partition("/")
        after = None
        while True:
            asked = {"owner": owner, "name": name, "number": self._number, "after": after}
            with _told():
                _, answer = self._api.requester.graphql_query(query, asked)
            data = answer["data"]
            page = data["repository"]["pullRequest"][what]
            viewer = (data.get("viewer") or {}).get("login", "")
            yield from ((node, viewer) for node in page["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _account(login: str | None) -> str:
    """The name of an account; that of an app has an ending in some answers, and none in others."""
    return (login or "").removesuffix("[bot]")


def number_of(url: str, repository: str, owner: str, branch: str, head: str, token: str) -> int:
    """The open pull request from `branch` of `owner` that stands at `head`; 0 for none.

    An event does not tell the number of one that comes from a fork.
    """
    with _told():
        some = (
            _opened(url, token)
            .get_repo(repository)
            .get_pulls(state="open", head=f"{owner}:{branch}")
        )
        return next((one.number for one in some if one.head.sha == head), 0)


def _opened(url: str, token: str) -> Github:
    # A request that may have been done is never repeated here: only what was refused by the limit
    # of requests, and what never reached the server.
    retry = GithubRetry(
        total=_RETRIES, connect=_RETRIES, read=0, other=0, status_forcelist=[429],
        max_rate_limit_wait=_MOST_WAIT, secondary_rate_wait=_MOST_WAIT / 2,
    )  # fmt: skip
    return Github(
        auth=Auth.Token(token), base_url=url, timeout=_TIMEOUT, per_page=100, retry=retry,
        lazy=True, seconds_between_writes=None, seconds_between_requests=None,
        user_agent="git-naturecode",
    )  # fmt: skip


def _heading(count: int) -> str:
    """The body that GitHub wants of a review with comments."""
    return f"git naturecode: {count} finding{'s' if count != 1 else ''}"


def _comment(note: Note) -> ReviewComment:
    side = "RIGHT" if note.side == "new" else "LEFT"
    text = marks.finding(note.text, note.fingerprint, note.by)
    made: ReviewComment = {"path": note.path, "body": text, "line": note.end, "side": side}
    if note.end > note.line:
        made |= {"start_line": note.line, "start_side": side}
    return made


class _Refused(Exception):
    """GitHub takes one of the comments for wrong, and therefore none of them."""


@contextmanager
def _told(*, may_refuse: bool = False) -> Iterator[None]:
    """Failures of PyGithub as failures of this program; nothing of it leaves this module."""
    try:
        yield
    except GithubException as error:
        if error.status == 422 and may_refuse:
            raise _Refused from None
        status = 403 if _is_forbidden(error) else error.status
        raise failures.of_status("GitHub", status, _message(error), TOKEN) from None
    except (requests.RequestException, OSError, AssertionError) as error:
        raise failures.of_network("GitHub", error) from None


def _message(error: GithubException) -> str:
    said = error.data.get("message") if isinstance(error.data, dict) else error.message
    return str(said or next((one.get("message") for one in _faults(error)), "") or "")


def _is_forbidden(error: GithubException) -> bool:
    """True where GraphQL refuses, which answers with 200 and says why in its own way."""
    return any(one.get("type") == "FORBIDDEN" for one in _faults(error))


def _faults(error: GithubException) -> list[dict[str, Any]]:
    some = error.data.get("errors") if isinstance(error.data, dict) else None
    return [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []
