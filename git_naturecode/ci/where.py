"""Which change a CI job is about, by what GitHub Actions and GitLab CI tell it."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from git_naturecode.domain.findings.incoming import given
from git_naturecode.errors import Usage

GITHUB, GITLAB = "github", "gitlab"
_MOST_EVENT = 30 * 1024 * 1024


class Where(NamedTuple):
    """The change of a job: on which kind of `forge` ("" outside of both), at which server, in
    which repository; `number` is 0 where it is no pull request or merge request that is known.

    `base` and `head` are commits, "" for unknown. `owner` and `branch` name the source of a pull
    request of which the event does not tell the number (one from a fork, in a later job).
    """

    forge: str = ""
    url: str = ""
    repository: str = ""
    number: int = 0
    base: str = ""
    head: str = ""
    owner: str = ""
    branch: str = ""


def here(environ: Mapping[str, str]) -> Where:
    """What the job with `environ` is about. Raises Usage for an event that cannot be read."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return _github(environ)
    if environ.get("GITLAB_CI") == "true":
        return _gitlab(environ)
    return Where()


def job(environ: Mapping[str, str]) -> str:
    """Where the job can be looked at; "" where nobody says so."""
    if environ.get("GITLAB_CI") == "true":
        return environ.get("CI_JOB_URL", "")
    parts = [environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else ""


def _github(environ: Mapping[str, str]) -> Where:
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    where = Where(
        GITHUB, environ.get("GITHUB_API_URL", ""), environ.get("GITHUB_REPOSITORY", ""),
        head=environ.get("GITHUB_SHA", ""),
    )  # fmt: skip
    if pull := event.get("pull_request"):
        return where._replace(
            number=_number(given.part(pull, "number")), base=_oid(given.part(pull, "base", "sha")),
            head=_oid(given.part(pull, "head", "sha")),
        )  # fmt: skip
    if run := event.get("workflow_run"):
        some = given.some(given.part(run, "pull_requests"))
        return where._replace(
            number=_number(given.part(some[0], "number")) if len(some) == 1 else 0, base="",
            head=_oid(given.part(run, "head_sha")),
            owner=given.text(given.part(run, "head_repository", "owner", "login")),
            branch=given.text(given.part(run, "head_branch")),
        )  # fmt: skip
    before = _oid(event.get("before"))
    return where._replace(base="" if not before.strip("0") else before)


def _gitlab(environ: Mapping[str, str]) -> Where:
    head = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", "")
    before = _oid(environ.get("CI_COMMIT_BEFORE_SHA"))
    base = _oid(environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")) or before
    return Where(
        GITLAB, environ.get("CI_SERVER_URL", ""),
        environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", ""),
        _number(environ.get("CI_MERGE_REQUEST_IID")), base if base.strip("0") else "", _oid(head),
    )  # fmt: skip


def _event(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        if os.path.getsize(path) > _MOST_EVENT:
            raise Usage("the event of this job is too large to be read")
        with open(path, encoding="utf-8", errors="replace") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError):
        raise Usage("the event of this job cannot be read", "look at GITHUB_EVENT_PATH") from None
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> int:
    return given.lines(value)[0]


def _oid(value: Any) -> str:
    good = isinstance(value, str) and len(value) in (40, 64) and not value.strip("0123456789abcdef")
    return value if good else ""
