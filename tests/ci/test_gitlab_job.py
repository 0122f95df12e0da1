"""The job for GitLab, run for real on this machine by gitlab-ci-local."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from box import Clone
from bridges.http import served
from bridges.lab import Lab
from git_naturecode.ci import laying_out
from npm import fetched

PROGRAMS = Path(sys.executable).parent
BAD = "import os\n\ndef run(name):\n    os.system('ls ' + name)\n"
PATCH = (
    "@@ -1,4 +1,4 @@\n import os\n \n def run(name):\n-    return name\n"
    "+    os.system('ls ' + name)"
)


def test_the_job_looks_at_a_change_and_posts(clone: Clone) -> None:
    program = fetched("gitlab-ci-local@4.55.0", "src/index.js") if shutil.which("rsync") else None
    if program is None:
        pytest.skip("gitlab-ci-local does not run on this machine")
    (clone.path / "app.py").write_text("import os\n\ndef run(name):\n    return name\n")
    laying_out.lay_out("gitlab", str(clone.path))
    job = clone.path / ".gitlab/naturecode.yml"
    # There is no container here and no release of ours to fetch: all else is as it is laid out.
    text = job.read_text().replace("  image: python:3.12\n", "")
    text = re.sub("pip install .*", "echo ready", text)
    job.write_text(text)
    clone.git("add", "-A")
    clone.git("commit", "-qm", "first")
    base = clone.git("rev-parse", "HEAD").strip()
    clone.git("remote", "add", "origin", "git@forge.example:acme/shop.git")
    clone.git("checkout", "-qb", "feature")
    (clone.path / "app.py").write_text(BAD)
    clone.git("commit", "-qam", "Run it")
    head = clone.git("rev-parse", "HEAD").strip()
    lab = Lab({"app.py": PATCH}, head=head)
    with served(lab.answer) as address:
        variables = {
            "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_PROJECT_ID": "acme/shop",
            "CI_COMMIT_SHA": head, "CI_SERVER_URL": address, "GITLAB_TOKEN": "secret-token",
            "GITLAB_CI": "true",
        }  # fmt: skip
        words = [w for name, value in variables.items() for w in ("--variable", f"{name}={value}")]
        done = subprocess.run(
            ["node", str(program), "--no-artifacts-to-source", *words], cwd=clone.path,
            env={**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    said = done.stdout + done.stderr
    assert "1 finding at or above high" in said, said
    assert "posted 1" in said, said
    (thread,) = lab.discussions
    assert thread["notes"][0]["position"]["new_line"] == 4
    some = list((clone.path / ".gitlab-ci-local" / "artifacts").rglob("naturecode.json"))
    assert json.loads(some[0].read_text())["findings"][0]["path"] == "app.py"
