"""A GitHub of one pull request, with a memory: its reviews, threads and comments.

Requests are held against GitHub's own description (OpenAPI) where that is at hand; a line that the
patch does not show is refused with 422, and all comments with it, as the real one does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from jsonschema import Draft4Validator

from bridges.http import Answer, Asked
from git_naturecode.bridges.lines import shown

ME, OTHER = "naturecode-bot", "mallory"
_PULL = "/repos/acme/shop/pulls/7"


@dataclass
class Thread:
    """A thread on lines of a file."""

    id: str
    path: str
    body: str
    author: str = ME
    resolved_by: str = ""
    comment: dict[str, Any] = field(default_factory=dict)


@dataclass
class Hub:
    """The state of it; `spec` is GitHub's description, None where that is not at hand.

    `cut` drops the answer to so many reviews after they were taken; `page` is how much a page
    holds; `denied` refuses to write, `bound` to resolve; `swallow` takes comments on that path and
    shows none.
    """

    files: dict[str, str | None]
    head: str = "c" * 40
    spec: dict[str, Any] | None = None
    threads: list[Thread] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)  # author, text
    reviews: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    cut: int = 0
    page: int = 100
    denied: bool = False
    bound: bool = False
    swallow: str = ""
    busy: int = 0
    address: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def answer(self, asked: Asked) -> Answer:
        """What the server says to one request."""
        self.asked.append(asked)
        if asked.headers.get("Authorization") != "token secret-token" and (
            asked.headers.get("Authorization") != "Bearer secret-token"
        ):
            return Answer(401, {"message": "Bad credentials"})
        if self.busy:
            self.busy -= 1
            return Answer(
                403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "1"}
            )
        if asked.path == "/graphql":
            return self._graphql(asked.body)
        if asked.method != "GET" and self.denied:
            return Answer(403, {"message": "Resource not accessible by integration"})
        if why := self._wrong(asked):
            return Answer(422, {"message": "Validation Failed", "errors": [why]})
        return self._rest(asked)

    def _rest(self, asked: Asked) -> Answer:
        method, path = asked.method, asked.path
        if (method, path) == ("GET", _PULL):
            return Answer(200, self._pull())
        if (method, path) == ("GET", "/repos/acme/shop/pulls"):
            return Answer(200, [self._pull()])
        if (method, path) == ("GET", f"{_PULL}/files"):
            return self._pages(asked, [
                {"filename": name, "status": "modified", "sha": "d" * 40, "additions": 1,
                 "deletions": 1, "changes": 2, **({"patch": patch} if patch else {})}
                for name, patch in self.files.items()
            ])  # fmt: skip
        if (method, path) == ("POST", f"{_PULL}/reviews"):
            return self._review(asked.body)
        if (method, path) == ("POST", f"{_PULL}/comments"):
            self.threads.append(self._thread(asked.body))
            return Answer(201, {"id": 1, "body": asked.body["body"]})
        if (method, path) == ("POST", "/repos/acme/shop/issues/7/comments"):
            self.comments.append((ME, asked.body["body"]))
            return Answer(201, self._comment(len(self.comments) - 1))
        edited = re.fullmatch(r"/repos/acme/shop/issues/comments/(\d+)", path)
        if edited and method == "GET":
            return Answer(200, self._comment(int(edited[1])))
        if edited and method == "PATCH":
            self.comments[int(edited[1])] = (ME, asked.body["body"])
            return Answer(200, self._comment(int(edited[1])))
        return Answer(404, {"message": f"Not Found: {method} {path}"})

    def _pull(self) -> dict[str, Any]:
        repository = {
            "url": f"{self.address}/repos/acme/shop", "full_name": "acme/shop", "name": "shop",
        }  # fmt: skip
        return {
            "url": self.address + _PULL, "number": 7, "state": "open", "title": "A change",
            "html_url": "https://forge.example/acme/shop/pull/7", "user": {"login": "ada"},
            "issue_url": f"{self.address}/repos/acme/shop/issues/7",
            "base": {"sha": "b" * 40, "ref": "main", "repo": repository},
            "head": {"sha": self.head, "ref": "feature", "repo": repository},
        }  # fmt: skip

    def _comment(self, number: int) -> dict[str, Any]:
        return {
            "id": number, "body": self.comments[number][1],
            "url": f"{self.address}/repos/acme/shop/issues/comments/{number}",
            "html_url": f"https://forge.example/c/{number}",
        }  # fmt: skip

    def _review(self, body: dict[str, Any]) -> Answer:
        if body.get("event") == "COMMENT" and not body.get("body"):
            return Answer(422, {"message": "a review needs a body"})
        for one in body["comments"]:
            patch = self.files.get(one["path"])
            side = "new" if one["side"] == "RIGHT" else "old"
            first = one.get("start_line", one["line"])
            if not patch or not shown(patch).has(side, first, one["line"]):
                return Answer(
                    422, {"message": "pull_request_review_thread.line must be part of it"}
                )
        self.reviews.append(body)
        self.threads += [self._thread(one) for one in body["comments"]
                         if one["path"] != self.swallow]  # fmt: skip
        self.cut -= 1
        return Answer(200, {"id": len(self.reviews)}, cut=self.cut >= 0)

    def _thread(self, comment: dict[str, Any]) -> Thread:
        return Thread(
            f"T{next(self.numbers)}", comment["path"], comment["body"], comment=dict(comment)
        )

    def _graphql(self, body: dict[str, Any]) -> Answer:
        query, said = body["query"], body["variables"]
        if "esolveReviewThread" in query and self.bound:
            why = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
            return Answer(200, {"data": {"resolveReviewThread": None}, "errors": [why]})
        if "esolveReviewThread" in query:
            thread = next(one for one in self.threads if one.id == said["thread"])
            thread.resolved_by = "" if "unresolveReviewThread" in query else ME
            return Answer(200, {"data": {}})
        what = "reviewThreads" if "reviewThreads" in query else "comments"
        start = int(said["after"] or 0)
        nodes = self._thread_nodes() if what == "reviewThreads" else self._comment_nodes()
        end = start + self.page
        page = {"hasNextPage": end < len(nodes), "endCursor": str(end)}
        found = {what: {"nodes": nodes[start:end], "pageInfo": page}}
        data = {"viewer": {"login": ME}, "repository": {"pullRequest": found}}
        return Answer(200, {"data": data})

    def _thread_nodes(self) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id, "path": one.path, "isResolved": bool(one.resolved_by),
                "resolvedBy": {"login": one.resolved_by} if one.resolved_by else None,
                "comments": {"nodes": [{"body": one.body, "viewerDidAuthor": one.author == ME}]},
            }
            for one in self.threads
        ]  # fmt: skip

    def _comment_nodes(self) -> list[dict[str, Any]]:
        return [
            {
                "databaseId": number, "url": f"https://forge.example/c/{number}", "body": text,
                "viewerDidAuthor": author == ME,
            }
            for number, (author, text) in enumerate(self.comments)
        ]  # fmt: skip

    def _pages(self, asked: Asked, items: list[Any]) -> Answer:
        size = min(int(asked.query.get("per_page", 30)), self.page)
        number = int(asked.query.get("page", 1))
        more = number * size < len(items)
        link = f'<{self.address}{asked.path}?page={number + 1}&per_page={size}>; rel="next"'
        return Answer(200, items[(number - 1) * size : number * size],
                      {"Link": link} if more else {})  # fmt: skip

    def _wrong(self, asked: Asked) -> str:
        """Why GitHub's description does not allow the body of a request; "" where it does."""
        if self.spec is None or asked.body is None:
            return ""
        for template, verbs in self.spec["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, asked.path) and asked.method.lower() in verbs:
                told = verbs[asked.method.lower()].get("requestBody")
                if told is None:
                    return ""
                schema = told["content"]["application/json"]["schema"]
                errors = Draft4Validator(schema).iter_errors(asked.body)
                return "; ".join(f"{list(one.path)}: {one.message}"[:200] for one in errors)
        return f"{asked.method} {asked.path} is not described"
