"""A merge request on GitLab, by python-gitlab: its lines, our threads in it, new comments."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import gitlab
import requests
from gitlab.exceptions import GitlabError

from git_naturecode.bridges import failures, marks
from git_naturecode.bridges.forge import Change, Note, Posted
from git_naturecode.bridges.lines import Shown, shown

TOKEN = "GITLAB_TOKEN"
_TIMEOUT = 30.0
Json = dict[str, Any]


class GitlabChange:
    """Merge request `number` of `project` (path or id) on the server at `url`."""

    name = "GitLab"

    def __init__(self, url: str, project: str, number: int, token: str) -> None:
        # What may have been done is never repeated here: only what the limit of requests refused.
        self._api = gitlab.Gitlab(
            url, private_token=token, timeout=_TIMEOUT, retry_transient_errors=False,
            per_page=100, user_agent="git-naturecode",
        )  # fmt: skip
        self._project, self._number = project, number

    @cached_property
    def _merge(self) -> Any:
        return self._api.projects.get(self._project, lazy=True).mergerequests.get(self._number)

    @cached_property
    def _me(self) -> str:
        self._api.auth()
        return str(self._api.user.username) if self._api.user else ""

    @cached_property
    def _version(self) -> Any:
        """The newest version of the change: positions need its three commits, not the branch's."""
        newest = self._merge.diffs.list(get_all=False, per_page=1)
        return self._merge.diffs.get(newest[0].id) if newest else None

    def change(self) -> Change:
        """What it is at present."""
        with _told():
            merge = self._merge
            refs = merge.diff_refs or {}
            return Change(
                self._number, str(refs.get("base_sha") or ""), str(merge.sha or ""),
                merge.title or "", merge.author["username"] if merge.author else "",
                merge.web_url, merge.state == "opened",
            )  # fmt: skip

    @cached_property
    def _files(self) -> dict[str, Json]:
        with _told():
            files = self._version.diffs if self._version else []
        return {one["new_path"] if not one.get("deleted_file") else one["old_path"]: one
                for one in files}  # fmt: skip

    def shown(self) -> Mapping[str, Shown | None]:
        """The files of the change, with the lines that their patches show."""
        return {
            path: shown(one["diff"]) if one.get("diff") else None
            for path, one in self._files.items()
        }

    def posted(self) -> list[Posted]:
        """The threads that this token's account has begun."""
        found = []
        with _told():
            me, threads = self._me, self._merge.discussions.list(iterator=True)
            for thread in threads:
                notes = thread.attributes["notes"]
                said = [one for one in notes if not one.get("system")]
                if not said or said[0]["author"]["username"] != me:
                    continue
                if name := marks.fingerprint(said[0]["body"]):
                    where = said[0].get("position") or {}
                    path = where.get("new_path") or where.get("old_path") or ""
                    by_us = (said[0].get("resolved_by") or {}).get("username") == me
                    resolved = bool(said[0].get("resolved"))
                    who = marks.by(said[0]["body"])
                    found.append(Posted(name, thread.id, path, resolved, by_us, who))
        return found

    def post(self, notes: Sequence[Note], head: str) -> list[Note]:
        """Drafts, published together, so that people get one mail; those that were refused.

        What an earlier run has drafted and not published goes along with them.
        """
        refused = []
        for one in notes:
            body = marks.finding(one.text, one.fingerprint, one.by)
            try:
                with _told(may_refuse=True):
                    self._merge.draft_notes.create({"note": body, "position": self._position(one)})
            except _Refused:
                refused.append(one)
        if len(refused) < len(notes):
            with _told():
                self._merge.draft_notes.bulk_publish()
        return refused

    def _position(self, note: Note) -> Json:
        file, version = self._files[note.path], self._version
        old, new = file["old_path"], file["new_path"]
        found: Json = {
            "base_sha": version.base_commit_sha, "start_sha": version.start_commit_sha,
            "head_sha": version.head_commit_sha, "old_path": old, "new_path": new,
            "position_type": "text" if note.line else "file",
        }  # fmt: skip
        if not note.line:
            return found
        lines = shown(file["diff"])
        found |= _numbers(lines, note.side, note.end)
        if note.end > note.line:
            found["line_range"] = {
                "start": _code(new, lines, note.side, note.line),
                "end": _code(new, lines, note.side, note.end),
            }
        return found

    def resolve(self, threads: Sequence[str], *, done: bool = True) -> None:
        """Mark threads as resolved, or as open."""
        for name in threads:
            with _told():
                thread = self._merge.discussions.get(name, lazy=True)
                thread.resolved = done
                thread.save()

    def summary(self, text: str) -> str:
        """The note of this account that has our mark is edited, or one is made."""
        marked = marks.summary(text)
        with _told():
            for one in self._merge.notes.list(iterator=True):
                if one.author["username"] == self._me and marks.is_summary(one.body):
                    if one.body.strip() != marked.strip():
                        one.body = marked
                        one.save()
                    return f"{self._merge.web_url}#note_{one.id}"
            made = self._merge.notes.create({"body": marked})
            return f"{self._merge.web_url}#note_{made.id}"


def _numbers(lines: Shown, side: str, line: int) -> Json:
    """The number of a line as GitLab wants it: on one side, or on both where it is unchanged."""
    other = (lines.new if side == "new" else lines.old).get(line, 0)
    mine, theirs = ("new_line", "old_line") if side == "new" else ("old_line", "new_line")
    return {mine: line, theirs: other} if other else {mine: line}


def _code(path: str, lines: Shown, side: str, line: int) -> Json:
    """One end of a range: the hash of the path, then the numbers of the line on both sides."""
    numbers = _numbers(lines, side, line)
    old, new = numbers.get("old_line", 0), numbers.get("new_line", 0)
    name = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return {"line_code": f"{name}_{old}_{new}", "type": side, **numbers}


class _Refused(Exception):
    """GitLab takes a comment for wrong."""


@contextmanager
def _told(*, may_refuse: bool = False) -> Iterator[None]:
    """Failures of python-gitlab as failures of this program; nothing of it leaves this module."""
    try:
        yield
    except GitlabError as error:
        status = error.response_code or 0
        if status in (400, 422) and may_refuse:
            raise _Refused from None
        raise failures.of_status("GitLab", status, str(error.error_message), TOKEN) from None
    except (requests.RequestException, OSError) as error:
        raise failures.of_network("GitLab", error) from None
