"""kb suggest: what fits the work is told with its reason, and nothing where nothing fits."""

from pathlib import Path

import pytest

from answering import model
from box import Box, Clone

ARTICLES = {
    "Backoff with jitter": (
        "Clients that retry at once bring a host down. Wait longer after each try, and add jitter "
        "so that they do not all come back together. A Retry-After header wins over the backoff.",
        "retries,network",
    ),
    "Rounding of refunds": (
        "A refund is rounded to the cent for each line of an order, never for the sum. Discounts "
        "are spread over the lines first.",
        "money",
    ),
    "Rotating signing keys": (
        "A token is checked against the key that its header names. Two keys are valid while they "
        "are rotated; `verify_token` knows both.",
        "auth",
    ),
    "Running the tests": ("`make test` runs the tests. See `src/money/refund.py`.", "testing"),
}


@pytest.fixture
def team(clone: Clone) -> Clone:
    """A clone with a few articles."""
    for title, (text, tags) in ARTICLES.items():
        clone.nc("kb", "add", "--type", "article", "--title", title, "--tags", tags, "--file",
                 _file(clone, text))  # fmt: skip
    return clone


def _file(clone: Clone, text: str) -> str:
    where = clone.path.parent / "text.md"
    where.write_text(text + "\n")
    return str(where)


def write(clone: Clone, path: str, text: str) -> None:
    where = clone.path / path
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(text)


def suggested(clone: Clone, *args: str) -> dict[str, list[str]]:
    """Title -> reasons."""
    items = clone.nc("kb", "suggest", *args, "--json").json["items"]
    return {item["title"]: item["why"] for item in items}


def test_a_task_finds_what_speaks_of_it_and_says_by_which_words(team: Clone) -> None:
    said = team.nc("kb", "suggest", "--task", "add jitter to the backoff of the client")
    assert said.out.startswith("Backoff with jitter")
    assert "speaks of backoff, jitter" in said.out or "speaks of jitter, backoff" in said.out
    assert "git naturecode kb show backoff-with-jitter" in said.out
    assert list(suggested(team, "--task", "the refund of a discount is rounded wrongly")) == [
        "Rounding of refunds"
    ]


@pytest.mark.parametrize(
    "task",
    [
        "", "fix the bug", "translate a poem into latin", "draw a cat", "解释量子力学",
        "x" * 50_000, "\x1b[31m \" ' * -",
    ],
)  # fmt: skip
def test_where_nothing_fits_nothing_is_said(team: Clone, task: str) -> None:
    said = team.nc("kb", "suggest", "--task", task, code=1)
    assert not said.out
    assert "hint:" in said.err
    assert "\x1b" not in said.err


def test_without_articles_it_says_how_to_begin(clone: Clone) -> None:
    assert "kb add" in clone.nc("kb", "suggest", "--task", "retry with jitter", code=1).err


def test_what_is_being_changed_counts_staged_or_not_and_new_files_too(team: Clone) -> None:
    write(team, "src/net.py", "x = 1\n")
    team.git("add", "-A")
    team.git("commit", "-q", "-m", "one")
    write(
        team,
        "src/net.py",
        "from retry import backoff\n\ndef wait(jitter):\n"
        "    raise ValueError('no Retry-After header')\n",
    )
    team.git("checkout", "-q", "-b", "feature/retry-jitter")
    assert list(suggested(team))[:1] == ["Backoff with jitter"]
    team.git("add", "-A")
    assert list(suggested(team))[:1] == ["Backoff with jitter"]
    team.git("commit", "-q", "-m", "two")
    team.git("checkout", "-q", "-b", "other")
    write(team, "src/auth/token.py", "def verify_token(header, keys):\n    return rotated(keys)\n")
    assert list(suggested(team))[:1] == ["Rotating signing keys"]


def test_a_link_to_a_file_that_is_changed_is_the_strongest(team: Clone) -> None:
    write(team, "src/pay.py", "x = 1\n")
    team.git("add", "-A")
    team.git("commit", "-q", "-m", "one")
    team.nc("kb", "link", "running-the-tests", "src/pay.py")
    write(team, "src/pay.py", "jitter = backoff()\n")
    found = suggested(team, "--task", "jitter of the backoff")
    assert list(found) == ["Running the tests", "Backoff with jitter"]
    assert "links to src/pay.py" in found["Running the tests"]
    named = suggested(team, "--file", "src/money/refund.py")
    assert named["Running the tests"][0] == "names src/money/refund.py"


def test_the_requests_of_the_active_session_count(team: Clone) -> None:
    session = team.start("Work")
    team.nc("session", "use", session)
    team.nc("session", "say", session, "Please spread the discount over the refund, rounded.")
    assert "Rounding of refunds" in suggested(team)
    assert team.nc("kb", "suggest", "--json").json["context"]["sessionId"] == session


def test_states_that_a_work_tree_may_be_in_are_no_failure(box: Box, team: Clone) -> None:
    task = ("--task", "jitter of the backoff")
    team.git("checkout", "-q", "--detach")
    assert "Backoff with jitter" in suggested(team, *task)
    team.git("checkout", "-q", "-b", "one")
    for branch, text in (("one", "a\n"), ("two", "b\n")):
        team.git("checkout", "-q", "-B", branch, "HEAD" if branch == "one" else "HEAD~1")
        write(team, "same.py", text)
        team.git("add", "-A")
        team.git("commit", "-q", "-m", branch)
    team.git("merge", "one", check=False)
    assert "UU" in team.git("status", "--porcelain") or "AA" in team.git("status", "--porcelain")
    assert "Backoff with jitter" in suggested(team, *task)
    bare = box.path / "bare.git"
    team.git("clone", "-q", "--bare", ".", str(bare))
    other = Clone(bare)
    other.nc("init")
    assert "Backoff with jitter" in suggested(other, *task)


def test_a_repository_without_a_commit_is_no_failure(box: Box) -> None:
    clone = Clone(box.path / "empty")
    clone.path.mkdir()
    clone.git("init", "-q")
    clone.nc("init")
    clone.nc("kb", "add", "--type", "article", "--title", "Backoff with jitter", "--file",
             _file(clone, ARTICLES["Backoff with jitter"][0]))  # fmt: skip
    write(clone, "retry/jitter.py", "def backoff(jitter): ...\n")
    clone.git("add", "-A")
    assert list(suggested(clone)) == ["Backoff with jitter"]


def test_a_large_difference_is_read_as_far_as_it_matters(team: Clone) -> None:
    write(team, "big.txt", "a\n")
    team.git("add", "-A")
    team.git("commit", "-q", "-m", "one")
    write(team, "big.txt", "some words of a long text\n" * 400_000)
    assert "Backoff with jitter" in suggested(team, "--task", "jitter of the backoff")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".", "a/../../x"])
def test_files_elsewhere_are_refused(team: Clone, path: str) -> None:
    assert team.nc("kb", "suggest", "--file", path, code=5).err.startswith("error: ")


def test_a_deleted_article_is_not_suggested(team: Clone) -> None:
    team.nc("kb", "rm", "backoff-with-jitter")
    team.nc("kb", "suggest", "--task", "jitter of the backoff", code=1)


def test_in_a_small_knowledge_base_a_word_of_a_title_says_something(clone: Clone) -> None:
    clone.nc("kb", "add", "--type", "article", "--title", "How we retry", "--tags", "http,retry",
             "--file", _file(clone, "Twice, with a pause. See the client."))  # fmt: skip
    task = ("--task", "the client should retry on a timeout")
    assert list(suggested(clone, *task)) == ["How we retry"]
    assert list(suggested(clone, "--task", "retry on a timeout")) == ["How we retry"]
    clone.nc("kb", "suggest", "--task", "twice the size of the picture on the page", code=1)


def test_one_word_is_enough_where_the_branch_the_file_and_the_title_are_of_it(
    clone: Clone,
) -> None:
    clone.nc("kb", "add", "--type", "practice", "--title", "How we retry", "--tags", "http,retry",
             "--file", _file(clone, "Four times, with growing pauses."))  # fmt: skip
    clone.nc("kb", "add", "--type", "article", "--title", "Changelog", "--file",
             _file(clone, "Proxies, retry, an empty loop: only fixes."))  # fmt: skip
    clone.git("branch", "-M", "main")
    write(clone, "retry.py", "def retry(call, tries=5): pass\n")
    clone.git("add", "-A")
    for branch in ("retry", "fix/retry-on-timeout"):
        clone.git("checkout", "-q", "-b", branch)
        assert list(suggested(clone)) == ["How we retry"]
    clone.git("commit", "-q", "-m", "Retry when a call fails")
    assert list(suggested(clone)) == ["How we retry"]
    # What others did before says nothing of a branch that has just begun, nor does "only".
    write(clone, "docs/empty/loop_timeouts.md", "# Proxies\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "Empty the loop of timeouts")
    clone.git("branch", "-f", "main")
    for branch in ("docs-only", "loop-timeouts-only-x"):
        clone.git("checkout", "-q", "-b", branch)
    assert "only" not in str(clone.nc("kb", "suggest", "--json", code=1).json["items"])


def test_a_long_text_that_has_a_little_of_everything_is_not_before_what_a_branch_is_about(
    clone: Clone,
) -> None:
    names = ["socket", "header", "chunk", "cookie", "stream", "codec", "redirect", "charset"]
    clone.nc("kb", "add", "--type", "article", "--title", "Notes", "--file",
             _file(clone, f"We retry. {' '.join(names)}"))  # fmt: skip
    clone.nc("kb", "add", "--type", "practice", "--title", "How we retry", "--file",
             _file(clone, "Four times."))  # fmt: skip
    clone.git("branch", "-M", "main")
    clone.git("checkout", "-q", "-b", "retry-later")
    write(clone, "net.py", "\n".join(f"{one}_one = {one}" for one in names))
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "Retry it")
    assert next(iter(suggested(clone))) == "How we retry"


def test_so_many_are_told_as_were_asked_for(team: Clone) -> None:
    task = "backoff jitter retry refund rounded discount token rotated keys"
    assert len(suggested(team, "--task", task)) > 1
    assert len(suggested(team, "--task", task, "--limit", "1")) == 1


def test_a_model_chooses_among_what_is_offered_and_says_why(team: Clone, tmp_path: Path) -> None:
    folder = model(team, tmp_path, {"suggestions": [
        {"id": "A2", "why": "Because of [this](http://evil.example) @ada"},
        {"id": "A99", "why": "I made it up"}, {"id": "A2", "why": "again"},
    ]})  # fmt: skip
    said = team.nc("kb", "suggest", "--task", "jitter of the refund, key AKIA" + "Q3EGRIKXB4WPJTZV",
                   "--json").json  # fmt: skip
    assert said["source"].startswith("command")
    (item,) = said["items"]
    assert "](http" not in item["why"][0]
    asked = (folder / "0.question").read_text()
    assert (
        "Based on the following development context, suggest relevant knowledge base articles:"
        in asked
    )
    assert "\nCurrent Project: repo\nRecent Files: " in asked
    assert (
        "\nAvailable knowledge base categories:\nauth, money, network, retries, testing\n" in asked
    )
    assert "Please suggest 3-5 relevant articles or snippets that might help." in asked
    assert "AKIA" not in asked


def test_a_model_that_offers_nothing_of_ours_is_inconclusive(team: Clone, tmp_path: Path) -> None:
    wrong = {"suggestions": [{"id": "kb-1", "why": "x"}]}
    model(team, tmp_path, wrong, "no JSON at all")
    team.nc("kb", "suggest", "--task", "jitter of the backoff", code=6)
