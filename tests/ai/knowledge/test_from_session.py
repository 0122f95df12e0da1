"""What is proposed out of a session, and what is not: chatter, plans, secrets, the same twice."""

import pytest

from ai.knowledge.made import ID, asked, declined, edited, numbers, only, proposed, ran, said
from git_naturecode.domain.said import Message
from growing import grows_evenly

CAUSE = (
    "I found the issue! The worker pool keeps its sockets open, since `close_pool` waits for a "
    "queue that nobody drains. Let me fix that:"
)
TROUBLE = asked("Every shutdown ends with this error, can you look?\nTimeoutError: pool is busy")


def test_a_problem_has_what_was_seen_its_cause_and_what_was_changed() -> None:
    one = only(
        TROUBLE, said(CAUSE), edited("src/pool.py"), ran("pytest tests/test_pool.py"),
        said("Done. Here is what I changed:\n\n"
             "- `close_pool` drains the queue before it waits for the worker sockets\n"
             "- the pool has a limit of five seconds\n\n"
             "| Step | Result |\n|---|---|\n| Worker pool sockets | PASS |\n\nShould I commit it?"),
        asked("great, thanks"),
    )  # fmt: skip
    assert one.kind == "problem"
    assert one.title == "TimeoutError: pool is busy - The worker pool keeps its sockets open"
    assert "> TimeoutError: pool is busy" in one.body
    assert "## Cause\n\nThe worker pool keeps its sockets open, since `close_pool`" in one.body
    assert "## Solution\n\n- `close_pool` drains the queue before it waits" in one.body
    assert "`pytest tests/test_pool.py` went well" in one.body
    assert one.files == ("src/pool.py",)
    assert numbers(one) == [1, 2, 5, 4]
    assert f"[{ID}#2]({ID}#2)" in one.body
    for chatter in ("Let me", "Done", "Should I", "I found", "PASS"):
        assert chatter not in one.body.replace("> ", "")


def test_a_cause_that_turned_out_wrong_is_not_proposed() -> None:
    found = proposed(
        TROUBLE, said(CAUSE), edited("src/pool.py"),
        said("Fixed:\n\n- the queue of `close_pool` is drained"),
        asked("no, that is not it: the worker pool has no queue and no sockets"),
        said("You're right. The real cause is the lock file in `/run/pool.lock`, which a crash "
             "leaves behind, so that the next start waits for its owner."),
        edited("src/lock.py"), said("Changes:\n\n- the lock file of a crash is taken over"),
        asked("works"),
    )  # fmt: skip
    text = "\n".join(one.body for one in found)
    assert "lock file in `/run/pool.lock`" in text
    assert "nobody drains" not in text


def test_headings_that_say_problem_and_solution() -> None:
    one = only(
        asked("What did you do?"),
        said("## Summary\n\n### 1. Clock skew between nodes\n"
             "**Problem:** Leases ran out early, because nodes compare their own clocks.\n\n"
             "**Solution:** Leases count from the reply of the leader.\n\n"
             "**Files:**\n- `src/lease/clock.go` - monotonic time"),
    )  # fmt: skip
    assert (one.kind, one.title) == ("problem", "Clock skew between nodes")
    assert "## Problem\n\nLeases ran out early" in one.body
    assert one.files == ("src/lease/clock.go",)


def test_a_check_that_failed_and_went_well_after_edits() -> None:
    def turns(command: str, why: str) -> tuple[Message, ...]:
        return (
            asked("the checks complain, please look"),
            ran(f"{command} 2>&1 | head -9", "Exit code 1\nsrc/a.py:3:1: E5 failed\n", ok=False),
            edited("src/a.py"), ran(command, "ok"),
            said(f"All fixed:\n\n1. **Clock errors** - Leases count from the reply{why}\n"
                 "2. **Queue errors** - Rows that nobody reads were removed"),
        )  # fmt: skip

    why = ", because nodes compare their own clocks otherwise"
    one = only(*turns("make test", why))
    assert one.title == "How to fix what `make test` reports: Clock, Queue"
    assert "src/a.py:3:1: E5 failed" in one.body
    assert not proposed(*turns("make test", ""))  # one repair, and nobody says why
    assert not proposed(*turns("make lint", why))  # each message of a linter says what to do


def test_a_choice_with_its_reason_that_a_person_agreed_to() -> None:
    messages = (
        asked("Postgres or SQLite for the queue?"),
        said("**Storage for the queue**\n\nI'd recommend SQLite rather than Postgres, because the "
             "queue lives on one machine and a server would be one more thing to run."),
    )  # fmt: skip
    one = only(*messages, asked("yes, do it"))
    assert one.kind == "decision"
    assert one.title.startswith("Storage for the queue: SQLite rather than Postgres")
    assert numbers(one) == [2]
    assert proposed(*messages, asked("hm, what about Redis?")) == []


def test_an_offer_that_a_person_accepted() -> None:
    one = only(
        asked("Check the exporter, please"),
        said("It works. Should I also add `flush()` to `CsvExporter.close`? That would keep the "
             "last rows when the process is stopped early."),
        asked("yes"), edited("src/export.py"),
        said("Changes made:\n\n- `CsvExporter.close` calls `flush()` first"),
    )  # fmt: skip
    assert one.title == "Add `flush()` to `CsvExporter.close`"
    assert "keep the last rows" in one.body
    assert numbers(one) == [2, 3, 5]


@pytest.mark.parametrize(
    "chore",
    [
        "commit the changes of the exporter and its readers",
        "run all the slow tests of the exporter again",
        "push the branch of the exporter to origin",
    ],
)
def test_an_offer_of_a_chore_is_no_decision(chore: str) -> None:
    assert not proposed(
        asked("Check the exporter, please"), said(f"It works. Should I {chore}?"), asked("yes"),
        edited("a.py"), said("Done:\n\n- everything was committed"),
    )  # fmt: skip


def test_what_a_person_wants_otherwise_and_gets() -> None:
    one = only(
        asked("Rename the package from `pkg/mail` to `pkg/notify`, since it sends more than mail"),
        edited("pkg/notify/send.go"),
        said("Changes:\n\n- `pkg/mail` is `pkg/notify` in all imports"),
    )  # fmt: skip
    assert (one.kind, one.files) == ("decision", ("pkg/notify/send.go",))
    assert one.title.startswith("Rename the package from `pkg/mail` to `pkg/notify`")


PLAN = """Implement the following plan:

# Plan: One cache for all readers

## Problem

Each reader has a cache of its own, which means that the same rows are in memory five times.

## Changes

Put the cache into `src/cache.py`.

## Verification

Run the tests.
"""


def test_a_change_without_a_reason_is_no_decision() -> None:
    assert not proposed(
        asked("Let's rename the package from `pkg/mail` to `pkg/notify`"),
        edited("pkg/notify/send.go"),
        said("Changes:\n\n- `pkg/mail` is `pkg/notify` in all imports"),
    )  # fmt: skip


def test_what_is_only_taken_away_is_no_decision_unless_somebody_says_why() -> None:
    done = (edited("src/cli.go"), said("Removed:\n\n- `newTrailerCmd()`\n- its registration"))
    assert not proposed(asked("let's completely remove `mill trailer`"), *done)
    assert proposed(asked("remove `mill trailer`, because `mill note` does the same"), *done)


def test_a_title_says_the_point_and_stands_by_itself() -> None:
    one = only(
        TROUBLE,
        said("I found the problem. The first handler of a busy pool returns its error to the "
             "caller as it should be, but the second handler of the pool swallows every error."),
        edited("src/pool.py"), said("Fixed:\n\n- the second handler of the pool returns the error"),
    )  # fmt: skip
    point = "The second handler of the pool swallows every error"
    assert one.title == f"TimeoutError: pool is busy - {point}"


def test_a_plan_that_says_why_and_was_carried_out() -> None:
    one = only(
        asked(PLAN), edited("src/cache.py"),
        said("Done:\n\n- All readers share the cache in `src/cache.py`\n- All tests pass"),
    )  # fmt: skip
    assert (one.kind, one.title) == ("decision", "One cache for all readers")
    assert "five times" in one.body
    assert "tests pass" not in one.body


def test_a_plan_without_a_reason_is_no_decision() -> None:
    plan = PLAN.replace("## Problem", "## Background")
    plan = plan.replace(", which means that the same rows are in memory five times", "")
    assert not proposed(asked(plan), edited("src/cache.py"), said("Done:\n\n- The cache is shared"))


def test_what_a_person_put_right_is_a_lesson() -> None:
    one = only(
        asked("Add the settings"), edited(".gitignore"), said("Added `config/` to `.gitignore`."),
        asked("that is not correct, we don't ignore the whole folder"),
        said("You're right. `config/app.toml` has to be committed, only `config/local/` should be "
             "ignored. Let me fix that:"),
        edited(".gitignore"), said("Fixed."),
    )  # fmt: skip
    assert one.kind == "lesson"
    assert one.title.startswith("`config/app.toml` has to be committed, only `config/local/`")
    assert "> that is not correct, we don't ignore the whole folder" in one.body
    assert numbers(one) == [5, 4]


def test_a_call_that_a_person_declined_and_why() -> None:
    one = only(
        asked("Add a test"), said("I'll test the validator:"),
        declined("tests/test_ids.py", "do we need to test the library, or our call of it?"),
        said("You're right - the library tests itself. The value is in testing that our handler "
             "rejects a bad id."),
        edited("tests/test_handler.py"),
    )  # fmt: skip
    assert one.kind == "lesson"
    assert "> do we need to test the library, or our call of it?" in one.body


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Looks fine. Always use the pagination of our own client.",
         "Always use the pagination of our own client"),
        ("and never log the body of a request", "Never log the body of a request"),
    ],
)  # fmt: skip
def test_what_a_person_wants_always_is_a_practice(words: str, title: str) -> None:
    one = only(asked("List the orders"), said("Listed."), asked(words), said("Will do."))
    assert (one.kind, one.type, one.title) == ("practice", "practice", title)


@pytest.mark.parametrize(
    "words",
    [
        "It still reads as if the exporter always opens a new connection",
        "Don't write any code yet, I want to read it first",
        "The merge shouldn't be too hard, please take a look",
        "Make the button blue, it should be visible from the list of orders",
        "I have never seen that error in the exporter before",
    ],
)
def test_a_word_of_rules_alone_makes_no_practice(words: str) -> None:
    assert not proposed(asked("List the orders"), said("Listed."), asked(words), said("I see."))


def test_a_table_that_compares() -> None:
    one = only(
        asked("How do the modes differ?"),
        said("**Key differences**\n\n| Behavior | Batch | Stream |\n|---|---|---|\n"
             "| Latency | minutes until the batch is full | below a second |\n"
             "| Retries | the whole batch | one record |\n"
             "| Ordering | by the file that it came from | none |\n"),
    )  # fmt: skip
    assert (one.kind, one.title) == (
        "pattern", "Batch and Stream compared: latency, retries, ordering",
    )  # fmt: skip


def test_a_table_whose_heading_says_too_little_has_a_title_all_the_same() -> None:
    one = only(
        asked("How do the modes differ?"),
        said("**Matrix**\n\n| Mode | Latency | Retries | Ordering |\n|---|---|---|---|\n"
             "| Batch | minutes until it is full | the whole batch | by file |\n"
             "| Stream | below a second | one record | none at all |\n"
             "| Mixed | seconds, by its window | one window | by window |\n"),
    )  # fmt: skip
    assert one.title == "Matrix: mode, latency, retries, ordering"


def test_where_in_the_code_something_is_goes_stale() -> None:
    assert not proposed(
        asked("Don't change anything yet, just show me where orders are saved"),
        said("Orders are saved by `save` in `./src/orders.ts:41`, which the timer of "
             "`./src/timer.ts:118` calls."),
    )  # fmt: skip


def test_a_table_of_how_far_one_is_is_none() -> None:
    assert not proposed(
        asked("Run the checks"),
        said("**Results of the run**\n\n| Step | Result | Note |\n|---|---|---|\n"
             "| Build of the client | ✅ PASS | twelve seconds |\n| Unit tests | ✅ PASS | 3 |\n"
             "| Integration tests of the server | ✅ PASS | 20 |\n"),
    )  # fmt: skip


def test_how_something_works_when_somebody_asked() -> None:
    answer = (
        "`Router.dispatch` looks the handler up in `routes.json` and passes the request on to a "
        "worker, which keeps the connection until the reply is complete.\n\n"
        "1. `parse_head` reads the first line\n2. `match` walks the tree of prefixes\n"
        "3. `Worker.run` answers, and returns its socket to the pool of idle connections\n"
    )
    one = only(asked("How does the router find a handler?"), said(answer))
    assert one.kind == "pattern"
    assert one.title.startswith("`Router.dispatch` looks the handler up in `routes.json`")
    open_ = answer + "\n## Options\n\n- keep it\n- rewrite it\n"
    assert not proposed(asked("How does the router find a handler?"), said(open_))


def test_chinese() -> None:
    cause = only(
        asked("启动时报错：连接数据库超时失败，请看一下怎么回事"),
        said("找到了。根本原因是连接池在重启后没有释放旧连接，所以新的请求一直在等待空闲连接。"),
        edited("src/pool.py"), said("修改如下：\n\n- 重启时先释放连接池里的旧连接，再接受新的请求"),
    )  # fmt: skip
    assert cause.kind == "problem"
    assert cause.title.startswith("连接池在重启后没有释放旧连接")
    lesson = only(
        asked("把配置加进去"), edited("app.toml"), said("已加到 `app.toml`。"),
        asked("不对，密码不应该写在仓库的配置里"),
        said("你说得对。密码应该从环境变量读取，而不是写在仓库的配置文件里。让我来改："),
        edited("app.toml"),
    )  # fmt: skip
    assert lesson.kind == "lesson"
    assert (
        lesson.title == "密码应该从环境变量读取，而不是写在仓库的配置文件里。".rstrip("。") + "。"
    )


@pytest.mark.parametrize(
    "messages",
    [
        (asked("hi"), said("Hello! What can I do for you?"), asked("nothing, thanks")),
        (asked("run the build"), ran("make build"), said("The build is clean."), asked("ok")),
        (asked("commit and push, please"), ran("git push"), said("Committed and pushed.")),
        (asked("Reword the readme a bit"), edited("README.md"),
         said("Here's what I changed:\n\n- A shorter introduction\n- A link to the issues")),
        (asked("<command-name>/exit</command-name>"), said("Bye!")),
        (),
    ],
)  # fmt: skip
def test_a_session_with_nothing_to_keep_brings_nothing(messages: tuple[object, ...]) -> None:
    assert proposed(*messages) == []  # type: ignore[arg-type]


def test_what_is_hidden_thought_or_of_the_tool_is_not_used() -> None:
    lesson = "Always use the pagination of our own client."
    assert proposed(asked("List them"), said("Listed."), asked(lesson))
    for header in ({"meta": True}, {"side": "x"}, {"think": True}):
        assert not proposed(asked("List them"), said("Listed."), asked(lesson, **header))
    purged = asked(lesson)._replace(flags=("purged",))
    assert not proposed(asked("List them"), said("Listed."), purged)


def test_secrets_are_not_proposed() -> None:
    key = "AKIA" + "Q3EGRIKXB4WPJTZV"
    one = only(asked("Deploy"), said("Deployed."), asked(f"Never use the key {key} for staging"))
    assert key not in one.body + one.title
    assert "REDACTED" in one.body


def test_nothing_in_a_proposal_does_anything() -> None:
    text = "Always read <img src=x onerror=alert(1)> ![p](http://evil.example/p.png) before that"
    one = only(asked("Deploy"), said("Deployed."), asked(text))
    assert "`<img src=x onerror=alert(1)>`" in one.body
    assert "](http" not in one.body


def test_the_same_is_proposed_once_and_seven_at_most() -> None:
    wants = "Always use the pagination of our own client."
    assert len(proposed(asked("A"), said("B"), asked(wants), said("C"), asked(wants))) == 1
    many = [
        "Never send mail from the scheduler of the staging cluster",
        "Always close cursors before a transaction is committed",
        "Remember to escape labels of charts that customers have named",
        "Don't ever parse amounts of money as floating numbers",
        "Make sure that avatars are resized before the upload",
        "From now on migrations need a second reviewer",
        "Avoid global fixtures, they hide which test needs which table",
        "Prefer the monotonic timer for leases and timeouts",
        "We never retry a payment without its idempotency token",
    ]
    turns = [message for one in many for message in (asked(f"{one}."), said("Noted."))]
    found = proposed(asked("Begin"), said("Begun."), *turns)
    assert {one.kind for one in found} == {"practice"}
    assert len(found) == 4  # of one kind, lest the others have no room
    spread = [*turns, asked("And?"), *[
        said(f"**Key insight:** {text}") for text in (
            "The parser reads comments twice, which doubles the time of imports.",
            "Thumbnails outlive their pictures because the cache has no owner.",
            "Sorting by locale moves accented names behind the letter z.",
            "Webhooks arrive out of order after the queue was paused.",
        )
    ]]  # fmt: skip
    assert len(proposed(*spread)) == 7


def test_two_of_one_message_have_origins_of_their_own() -> None:
    found = proposed(
        asked("Sum it up"),
        said("### Clock skew\n**Problem:** Leases ran out early on slow nodes.\n\n"
             "**Solution:** They count from the reply of the leader.\n\n"
             "### Lost mails\n**Problem:** The relay dropped messages over two megabytes.\n\n"
             "**Solution:** Attachments are stored, and linked to.\n"),
    )  # fmt: skip
    assert [one.origin["topic"] for one in found] == ["problem", "problem-2"]
    assert len({one.key for one in found}) == 2


@pytest.mark.parametrize("piece", ["<a-b> ", "**x", "`", "| a | b |\n", "You're right - ", "! "])
def test_a_long_text_takes_no_time(piece: str) -> None:
    def work(size: int) -> None:
        text = piece * (size // len(piece))
        proposed(asked(text), said(text), ran("make test", text, ok=False), said(text), asked(text))

    assert grows_evenly(work, 32_000)
