"""ci review, as a job runs it in a fresh clone: reports, thresholds, what people have dismissed."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from box import Box, Clone
from git_naturecode.domain.findings import result
from git_naturecode.render.reports import sarif
from render.reports.made import finding, report

BAD = "import os\n\ndef run(name):\n    os.system('ls ' + name)\n"


@pytest.fixture
def job(box: Box) -> Clone:
    """A clone on a branch with a change that the built-in rules find fault with."""
    clone = box.ready()
    (clone.path / "app.py").write_text("import os\n\ndef run(name):\n    return name\n")
    clone.git("add", "-A")
    clone.git("commit", "-qm", "first")
    clone.git("checkout", "-qb", "feature")
    (clone.path / "app.py").write_text(BAD)
    clone.git("commit", "-qam", "Run it")
    return clone


def test_what_is_found_is_written_in_every_form(job: Clone, tmp_path: Path) -> None:
    forms = ("json", "sarif", "rdjson", "rdjsonl", "codequality", "junit", "checkstyle", "github")
    words = [w for form in forms for w in ("--format", form, "-o", str(tmp_path / form))]
    job.nc("ci", "review", *words)
    told = {form: (tmp_path / form).read_text() for form in forms}
    assert all("app.py" in text for text in told.values())
    (run,) = json.loads(told["sarif"])["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"]["startLine"] == 4
    assert ElementTree.fromstring(told["junit"])[0].get("failures") == str(len(run["results"]))
    found = result.read(told["json"].encode())
    assert found.head == job.git("rev-parse", "HEAD").strip()
    assert found.base == job.git("rev-parse", "main").strip()
    assert found.findings[0].cwe == "CWE-78"
    assert found.covered == {"app.py"}


def test_the_exit_code_says_whether_there_is_anything_so_bad(job: Clone) -> None:
    assert "high" in job.nc("ci", "review").out + job.nc("ci", "review").out
    assert "at or above high" in job.nc("ci", "review", "--fail-on", "high", code=1).err
    job.git("checkout", "-q", "main")
    job.git("checkout", "-qb", "clean")
    (job.path / "new.txt").write_text("hello\n")
    job.git("add", "-A")
    job.git("commit", "-qm", "clean")
    said = job.nc("ci", "review", "--fail-on", "low")
    assert said.out == "0 findings; 1 of 1 hunk looked at\n"


def test_the_ends_of_the_change_come_from_the_job(job: Clone, tmp_path: Path) -> None:
    base, head = (job.git("rev-parse", name).strip() for name in ("main", "feature"))
    job.git("checkout", "-q", "--detach", base)
    event = tmp_path / "event.json"
    pull = {"number": 7, "base": {"sha": base}, "head": {"sha": head}}
    event.write_text(json.dumps({"pull_request": pull}))
    job.env |= {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event)}
    job.env["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary.md")
    found = json.loads(job.nc("ci", "review", "--format", "json").out)
    assert (found["base"], found["head"]) == (base, head)
    summary = (tmp_path / "summary.md").read_text()
    assert "| high | 1 |" in summary
    assert "`app.py:4`" in summary
    assert "Comments:" not in summary
    event.write_text(json.dumps({"pull_request": {**pull, "base": {"sha": "d" * 40}}}))
    assert "fetch-depth: 0" in job.nc("ci", "review", code=2).err


def test_what_people_have_dismissed_is_not_told_again(job: Clone) -> None:
    review = job.nc("review", "start", "--target", "feature", "--json").json["reviewId"]
    job.nc("ci", "review", "--save")
    shown = job.nc("review", "show", review, "--json").json["findings"]
    assert shown
    for number in range(1, len(shown) + 1):
        job.nc("review", "dismiss", review, f"f{number}", "--reason", "false-positive")
    assert job.nc("ci", "review", "--fail-on", "low").out.startswith("0 findings")
    found = result.read(job.nc("ci", "review", "--format", "json").out.encode())
    assert found.findings == ()
    assert set(found.dismissed.values()) == {"false-positive"}


def test_what_other_tools_found_is_told_where_the_change_shows_the_lines(
    job: Clone, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.sarif"
    told = sarif.text(report(
        finding("On the change.", "app.py", 4, 4), finding("Elsewhere.", "app.py", 90, 90),
        finding("Nowhere.", "b.py", 1, 1),
    ))  # fmt: skip
    theirs.write_text(told.replace('"git-naturecode"', '"another"'))
    said = job.nc("ci", "review", "--report", str(theirs)).out
    assert "On the change." in said
    assert "Elsewhere." not in said
    assert "Nowhere." not in said
    ours = job.nc("ci", "review", "--format", "sarif").out
    theirs.write_text(ours)
    again = json.loads(job.nc("ci", "review", "--report", str(theirs), "--format", "sarif").out)
    assert len(again["runs"][0]["results"]) == len(json.loads(ours)["runs"][0]["results"])
    theirs.write_text("junk")
    assert "is no report" in job.nc("ci", "review", "--report", str(theirs), code=2).err
    assert "cannot read" in job.nc("ci", "review", "--report", "/nowhere", code=2).err


def test_how_it_ended_is_noted_where_merge_rules_look(job: Clone) -> None:
    def told() -> str:
        return job.git("notes", "--ref=devtools/ci", "show", "feature")

    job.nc("ci", "review", "--note", "rules", "--fail-on", "high", code=1)
    assert json.loads(told())["status"] == "failure"
    job.nc("ci", "review", "--note", "rules")
    (line,) = told().splitlines()
    assert (json.loads(line)["agent"], json.loads(line)["status"]) == ("rules", "success")
    job.git("checkout", "-q", "main")
    (job.path / ".naturecode").mkdir(exist_ok=True)
    (job.path / ".naturecode/review.yml").write_text("version: 1\nrules:\n  - ci: [rules]\n")
    job.git("add", "-f", ".naturecode/review.yml")
    job.git("commit", "-qm", "rules")
    review = job.nc("review", "start", "--target", "feature", "--json").json["reviewId"]
    assert "ok       rules succeeded" in job.nc("review", "explain", review).out
    job.git("checkout", "-q", "feature")
    job.nc("ci", "review", "--note", "rules", "--fail-on", "high", code=1)
    assert "rules succeeded" not in job.nc("review", "explain", review, code=1).out


def test_what_can_stand_on_no_line_is_said_all_the_same(job: Clone) -> None:
    (job.path / "tool.sh").write_text("echo\n")
    job.git("add", "-A")
    job.git("commit", "-qm", "a tool")
    base = job.git("rev-parse", "HEAD").strip()
    job.git("update-index", "--chmod=+x", "tool.sh")
    job.git("commit", "-qm", "run it")
    assert "note: tool.sh: " in job.nc("ci", "review", "--base", base).err


def test_no_name_of_a_file_commands_the_runner(job: Clone) -> None:
    for name in ("::error::owned.bin", "x\n::error::owned.bin", "##[error]owned.bin"):
        (job.path / name).write_bytes(b"\0")
    (job.path / "::warning::owned.py").write_text(BAD)
    job.git("add", "-A")
    job.git("commit", "-qm", "names")
    told = job.nc("ci", "review")
    lines = (told.out + told.err).splitlines()
    assert any("owned.py" in row for row in lines)
    assert sum("owned.bin was not looked at" in row for row in lines) == 3
    assert not [row for row in lines if row.strip().startswith("::") or "##[" in row]


def test_the_file_says_who_has_looked_for_what_and_where(job: Clone) -> None:
    (job.path / "logo.png").write_bytes(b"\0")
    job.git("add", "-A")
    job.git("commit", "-qm", "a picture")
    words = ("ci", "review", "--aspect", "security", "--format", "json")
    found = result.read(job.nc(*words).out.encode())
    assert found.files == frozenset({"app.py", "logo.png"})
    assert (found.sources, found.aspects) == (("builtin",), ("security",))


def test_what_models_are_asked_of_one_commit_is_no_budget_of_another(job: Clone) -> None:
    job.git("config", "naturecode.ai.command", "false")
    job.nc("ci", "review", "--provider", "command", code=6)
    head = job.git("rev-parse", "HEAD").strip()
    assert [one.name for one in job.path.glob(".git/naturecode/ai/*.jsonl")] == [
        f"commit-{head}.jsonl"
    ]


def test_a_model_that_fails_is_never_a_pass(job: Clone, tmp_path: Path) -> None:
    job.git("config", "naturecode.ai.command", "false")
    job.nc("ci", "review", "--provider", "command", "--note", "model", code=6)
    assert "model" not in job.git("notes", "--ref=devtools/ci", "list", check=False)
    words = ("--provider", "command", "--format", "json", "-o", str(tmp_path / "out"))
    assert "inconclusive" in job.nc("ci", "review", *words, code=6).err
    assert result.read((tmp_path / "out").read_bytes()).inconclusive


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--format", "sarif", "--format", "junit", "-o", "x"), 2, "name one for each"),
        (("-o", "x"), 2, "name one for each"),
        (("--format", "json", "--format", "junit", "-o", "-", "-o", "-"), 2, "only one format"),
        (("--json", "--format", "junit"), 2, "leave one"),
        (("--fail-on", "dreadful"), 2, "is no severity"),
        (("--aspect", "beauty"), 2, "is no aspect"),
        (("--base", "nowhere"), 2, "there is no commit nowhere"),
        (("--base", "--upload-pack=x"), 2, "there is no commit"),
        (("--base", "feature"), 1, "there is no change"),
        (("--save",), 1, "no review of this branch"),
        (("--format", "json", "-o", "/nowhere/x"), 1, "cannot write"),
    ],
)  # fmt: skip
def test_what_does_not_make_sense_is_said(
    job: Clone, words: tuple[str, ...], code: int, said: str
) -> None:
    told = job.nc("ci", "review", *words, code=code).err
    assert told.startswith("error: ")
    assert said in told


def test_a_secret_of_the_change_is_in_no_report(job: Clone) -> None:
    secret = "AKIA" + "Q3EGRIKXB4WPJTZV"
    (job.path / "app.py").write_text(BAD + f"KEY = '{secret}'\n")
    job.git("commit", "-qam", "more")
    for form in ("json", "sarif", "text", "github", "junit"):
        assert secret not in job.nc("ci", "review", "--format", form).out
