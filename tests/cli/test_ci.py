"""ci post and ci init, as a job of GitHub or GitLab runs them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box import Clone
from bridges.http import served
from bridges.hub import Hub
from bridges.lab import Lab
from git_naturecode.domain.findings import result
from git_naturecode.domain.findings.result import Result
from git_naturecode.render.reports import sarif
from render.reports.made import finding, report

PATCH = "@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2b\n three"
HEAD = "c" * 40


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A GitHub with one pull request."""
    made = Hub({"src/app.py": PATCH})
    with served(made.answer) as address:
        made.address = address
        yield made


def written(folder: Path, **more: Any) -> str:
    """The file of a result with one finding."""
    found = finding("Bad.", "src/app.py", 2, 3)
    made = Result("b" * 40, HEAD, (found,), covered=frozenset({"src/app.py"}))._replace(**more)
    (folder / "result.json").write_text(result.text(made))
    return str(folder / "result.json")


def in_job(clone: Clone, hub: Hub, event: dict[str, Any], **more: str) -> None:
    """Put `clone` into a job of GitHub Actions that was started by `event`."""
    (clone.path.parent / "event.json").write_text(json.dumps(event))
    clone.env |= {
        "GITHUB_ACTIONS": "true", "GITHUB_API_URL": hub.address, "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_PATH": str(clone.path.parent / "event.json"), "GITHUB_SHA": "d" * 40,
        "GITHUB_TOKEN": "secret-token", **more,
    }  # fmt: skip


PULL = {"pull_request": {"number": 7, "base": {"sha": "b" * 40}, "head": {"sha": HEAD}}}


def test_a_job_posts_what_another_has_found(clone: Clone, hub: Hub) -> None:
    summary = clone.path.parent / "summary.md"
    in_job(clone, hub, PULL, GITHUB_STEP_SUMMARY=str(summary))
    source = written(clone.path.parent)
    said = clone.nc("ci", "post", "--from", source)
    assert said.out.startswith("posted 1, 0 were there, resolved 0: https://")
    assert len(hub.threads) == 1
    assert "| high | 1 |" in summary.read_text()
    again = clone.nc("ci", "post", "--from", source, "--json").json
    assert (again["posted"], again["kept"]) == (0, 1)
    assert len(hub.threads) == 1


def test_the_number_of_a_pull_request_from_a_fork_is_looked_up(clone: Clone, hub: Hub) -> None:
    run = {
        "head_sha": HEAD, "head_branch": "feature", "pull_requests": [],
        "head_repository": {"owner": {"login": "stranger"}},
    }  # fmt: skip
    in_job(clone, hub, {"workflow_run": run})
    assert clone.nc("ci", "post", "--from", written(clone.path.parent)).out.startswith("posted 1")
    asked = [one.query.get("head") for one in hub.asked if one.path.endswith("/pulls")]
    assert asked == ["stranger:feature"]
    hub.head = "e" * 40
    assert "no open pull request" in clone.nc(
        "ci", "post", "--from", written(clone.path.parent), code=1
    ).err  # fmt: skip


def test_a_result_of_another_commit_is_not_posted(clone: Clone, hub: Hub) -> None:
    in_job(clone, hub, PULL)
    said = clone.nc("ci", "post", "--from", written(clone.path.parent, head="e" * 40), code=3)
    assert "this job is about cccccccccccc" in said.err
    assert not hub.asked
    hub.head = "e" * 40  # somebody has pushed in the meantime
    said = clone.nc("ci", "post", "--from", written(clone.path.parent))
    assert "stands at eeeeeeeeeeee by now" in said.out
    assert not hub.threads


def test_who_does_not_say_which_commit_he_looked_at_is_held_to_that_of_the_job(
    clone: Clone, hub: Hub
) -> None:
    in_job(clone, hub, PULL)
    hub.head = "e" * 40
    said = clone.nc("ci", "post", "--from", written(clone.path.parent, head=""))
    assert "stands at eeeeeeeeeeee by now" in said.out
    assert not hub.threads


def test_a_report_of_another_tool_can_be_posted(clone: Clone, hub: Hub) -> None:
    in_job(clone, hub, PULL)
    source = clone.path.parent / "found.sarif"
    source.write_text(sarif.text(report(finding("Bad.", "src/app.py", 2, 3))))
    for _ in range(2):
        clone.nc("ci", "post", "--from", str(source))
    assert len(hub.threads) == 1


def test_without_the_right_to_post_the_job_shows_what_was_found(clone: Clone, hub: Hub) -> None:
    in_job(clone, hub, PULL)
    hub.denied = True
    said = clone.nc("ci", "post", "--from", written(clone.path.parent), code=5)
    assert said.out.startswith("::error file=src/app.py,title=high")
    assert "does not let this token do that" in said.err
    assert "secret-token" not in said.out + said.err


def test_no_server_is_exit_4(clone: Clone, hub: Hub) -> None:
    in_job(clone, hub, PULL, GITHUB_API_URL="http://127.0.0.1:9")
    assert "could not be reached" in clone.nc(
        "ci", "post", "--from", written(clone.path.parent), code=4
    ).err  # fmt: skip


def test_a_pipeline_of_gitlab_posts_too(clone: Clone) -> None:
    lab = Lab({"src/app.py": PATCH})
    with served(lab.answer) as address:
        clone.env |= {
            "GITLAB_CI": "true", "CI_SERVER_URL": address, "CI_PROJECT_ID": "acme/shop",
            "CI_MERGE_REQUEST_IID": "3", "CI_COMMIT_SHA": HEAD, "GITLAB_TOKEN": "secret-token",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": "b" * 40,
        }  # fmt: skip
        source = written(clone.path.parent)
        assert clone.nc("ci", "post", "--from", source).out.startswith("posted 1")
        assert clone.nc("ci", "post", "--from", source).out.startswith("posted 0, 1 were there")
    assert len(lab.discussions) == 1


@pytest.mark.parametrize(
    ("event", "more", "code", "said"),
    [
        (PULL, {"GITHUB_TOKEN": ""}, 5, "there is no token in GITHUB_TOKEN"),
        ({}, {}, 2, "not about a pull request"),
        (PULL, {"GITHUB_ACTIONS": ""}, 2, "not clear where to post"),
        (PULL, {"GITHUB_EVENT_PATH": "/nowhere"}, 2, "event of this job cannot be read"),
        (PULL, {"GITHUB_REPOSITORY": ""}, 2, "no repository is named"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(
    clone: Clone, hub: Hub, event: dict[str, Any], more: dict[str, str], code: int, said: str
) -> None:
    in_job(clone, hub, event, **{"GITHUB_SHA": HEAD, **more})
    told = clone.nc("ci", "post", "--from", written(clone.path.parent), code=code).err
    assert told.startswith("error: ")
    assert said in told


@pytest.mark.parametrize("data", [b"", b"hello", b"{}", b"[", b"\xff\x00", b"<a", b'{"kind":1}'])
def test_junk_is_no_report(clone: Clone, hub: Hub, data: bytes) -> None:
    in_job(clone, hub, PULL)
    source = clone.path.parent / "junk"
    source.write_bytes(data)
    told = clone.nc("ci", "post", "--from", str(source), code=2).err
    assert "is no report that can be posted" in told
    assert not hub.asked


def test_workflow_files_are_written_once(clone: Clone) -> None:
    said = clone.nc("ci", "init", "github")
    assert "wrote .github/workflows/naturecode-review.yml" in said.out
    assert "commit them" in said.err
    assert "all files are there" in clone.nc("ci", "init", "github").out
    (clone.path / ".github/workflows/naturecode-post.yml").write_text("mine")
    assert "--force" in clone.nc("ci", "init", "github", code=1).err
    assert clone.nc("ci", "init", "github", "--force", "--json").json["written"]
    (clone.path / ".gitlab-ci.yml").write_text("test:\n  script: [make]\n")
    assert "include:\n  - local: .gitlab/naturecode.yml" in clone.nc("ci", "init", "gitlab").out
