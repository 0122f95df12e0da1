"""What a session leaves behind at its end: not what was said anew, refuted or undone in it."""

import pytest

from ai.knowledge.made import asked, declined, edited, numbers, only, proposed, ran, said
from git_naturecode.domain.said import Message

THEORY = said(
    "Root cause: the mailer sends each letter twice because the timer in `src/timer.py` is "
    "started by both workers when they come up."
)
AGAIN = asked("no wait, each letter still arrives twice when the timer is off, so it is not that")


def test_a_theory_falls_where_another_cause_is_the_real_one_much_later() -> None:
    """The first one was agreed to; an hour later somebody sees the same again."""
    one = only(
        asked("Each letter arrives twice when the mailer runs at night, which is wrong"),
        THEORY, asked("ok, fix it"), edited("src/timer.py"),
        said("Done:\n\n- the timer of the mailer is started by one of both workers"),
        asked("great. Now show me the labels"), said("They are in `labels.py`."),
        AGAIN,
        said("That rules the timer out."),
        said("The relay retries every letter whose receipt it does not keep, instead of asking "
             "the queue for it. That is the real cause."),
        asked("verify it by the tests"), ran("pytest tests/test_relay.py", "2 passed"),
        said("Both pass."),
    )  # fmt: skip
    assert one.kind == "problem"
    assert one.title.startswith("The relay retries every letter whose receipt it does not keep")
    assert "each letter still arrives twice" in one.body
    assert "started by both workers" not in one.body
    assert "That is the real cause" not in one.body
    assert numbers(one) == [8, 10, 12]


def test_the_same_theory_stands_where_nobody_sees_the_same_again() -> None:
    text = "\n".join(
        one.body
        for one in proposed(
            asked("Each letter arrives twice when the mailer runs at night, which is wrong"),
            THEORY, asked("ok, fix it"), edited("src/timer.py"),
            said("Done:\n\n- the timer of the mailer is started by one of both workers"),
            asked("no, the labels are still green, the real colour is blue"),
            said("The real problem of the labels is their old style sheet. Changed it."),
        )
    )  # fmt: skip
    assert "started by both workers" in text


def _design(limit: str, more: str = "") -> Message:
    return said(
        "## Leases for workers\n\n### Problem\n\nTwo workers take the same job where one of them "
        f"is slow, and both answer, which the customer sees.\n\n{more}### Solution\n\nA worker "
        f"holds a lease for {limit} and renews it while it works, so that nobody else begins."
    )


WHY_NOT = (
    "### Why not just lock the table?\n\nA lock is simpler at first sight. However, it would "
    "break when a worker dies: the row stays locked until the database is started again, and "
    "nobody else can take the job.\n\n"
)


def test_the_last_version_of_a_text_is_the_one_that_is_proposed() -> None:
    found = proposed(
        asked("Write the design"), _design("ten seconds"), asked("make it a minute"),
        _design("one minute"),
    )  # fmt: skip
    assert [one.title for one in found] == ["Leases for workers"]
    assert "one minute" in found[0].body
    assert numbers(found[0]) == [4]


def test_why_another_way_was_not_taken() -> None:
    found = proposed(
        asked("Write the design"), _design("ten seconds", WHY_NOT),
        asked("great, only shorter"), _design("one minute", WHY_NOT),
        asked("write it down, please"), edited("docs/leases.md"), said("Written."),
    )  # fmt: skip
    by_title = {one.title: one for one in found}
    assert set(by_title) == {"Leases for workers", "Why not just lock the table"}
    reason = by_title["Why not just lock the table"]
    assert reason.kind == "decision"
    assert "the row stays locked" in reason.body
    assert numbers(reason) == [4]
    assert "## Solution (proposed, not built here)" in by_title["Leases for workers"].body


def test_what_was_done_instead_of_what_and_why() -> None:
    one = only(
        asked("There is a comment on the review, look at it"),
        said("The column was renamed. I'll migrate old rows:"),
        declined("src/rows.py", "that table came in this morning, can we rename it on main?"),
        ran("git push"),
        said("Summary:\n\n- Since the `sent_at` column came in this morning and nobody has rows, "
             "instead of adding a migration to this branch, I created a small change on main that "
             "renames it there.\n- All tests pass"),
    )  # fmt: skip
    assert one.kind == "decision"
    assert one.title == "`sent_at`: a small change on main instead of adding a migration"
    assert "nobody has rows" in one.body
    assert "> that table came in this morning" in one.body
    assert numbers(one) == [5, 3]


def _lesson(*after: Message) -> tuple[Message, ...]:
    return (
        asked("Set the box up"), edited("setup.sh"), said("It is set up."),
        asked("but why is there no `box.toml`?"),
        said("You're right. The setup should write `box.toml` with `write_box`, not leave it to "
             "the first start of the box."),
        edited("setup.sh"),
        said("Done:\n\n- the setup calls `write_box()` from `setup_all()` to write `box.toml`"),
        *after,
    )  # fmt: skip


def test_what_is_undone_later_is_not_proposed() -> None:
    assert proposed(*_lesson())
    undone = said("Done:\n\n- Removed the call of `write_box()` from `setup_all()`")
    assert not proposed(*_lesson(asked("Now by the installer"), edited("install.sh"), undone))


@pytest.mark.parametrize(
    "messages",
    [
        # A slip of one merge.
        (asked("I merged main and maybe resolved the conflict wrong, can you fix the error?"),
         said("The issue is that the second handler of the pool uses `reason` without a "
              "value, which the first handler of the pool sets and passes on, and "
              "the second one does neither of both."),
         edited("pool.py"), said("Fixed:\n\n- the second handler of the pool sets `reason`")),
        # A review that nobody took up.
        (asked("Review the branch"),
         said("## Critical issues\n\n| Issue | Where |\n|---|---|\n| `make_id` panics | `a.go` |\n"
              "| `save` loses rows | `db.go` |\n| `load` skips checks | `db.go` |\n\n"
              "## Recommendations\n\n1. Return an error from `make_id`\n2. Log all losses\n")),
        # What it speaks of was said before.
        (asked("Make it quiet"), edited("run.py"), said("Done."),
         asked("but now the reason of a failure is lost, right?"),
         said("You're right. The original error showed the name of the file that was read, which "
              "helped to find it. Readers of `run.log` should see that name. Let me fix that:"),
         edited("run.py")),
        # An answer to a first question takes no objection.
        (asked("I think we don't set the remote properly, can you check?"),
         said("You're right. The push should name `origin` and the branch, not the remote alone, "
              "so that it is tracked."), edited("push.py")),
        # Ways to go, of which none is taken.
        (asked("Is there a hook for that?"),
         said("`git` has no hook for `restore`.\n\n| Operation | Hook |\n|---|---|\n| `restore` | "
              "no hook |\n| `commit` | before and after the commit |\n\n"
              "**Potential workarounds:**\n\n1. Watch `.git/HEAD`\n2. Ask the reflog again\n"
              "3. An alias that calls a script first")),
        # It leaves open which way to go.
        (asked("And the other case?"), edited("a.py"), said("I see."), asked("no, the second one"),
         said("You're right. We cannot see that somebody threw the rows away, only that they are "
              "gone, so warning about them might actually be the **correct design**.")),
        # A report of what was changed says of one line that it is meant so.
        (asked("Please clean up"), edited("a.py"),
         said("Cleaned up:\n\n- `load_rows` reads the file in pieces of a thousand rows each now\n"
              "- `save_rows` writes what `load_rows` has read without a copy of everything\n"
              "- `noqa` of `open_rows` stays, that it returns a reader of its own is intentional, "
              "since callers close the reader, the file, the lock and the names alone")),
        # Columns that tell of one thing.
        (asked("What can happen?"),
         said("**States of a session**\n\n| State | What it means | Edge cases |\n|---|---|---|\n"
              "| clean | nothing has been changed at all | the index may differ |\n"
              "| changed | somebody has edited a file | only spaces were edited |\n"
              "| gone | the folder was taken away | a link that leads nowhere |\n")),
    ],
    ids=["slip", "review", "before", "question", "ways", "open", "report", "aspects"],
)  # fmt: skip
def test_what_is_not_worth_an_article(messages: tuple[Message, ...]) -> None:
    assert [one.title for one in proposed(*messages)] == []


def test_the_proof_is_the_run_of_what_had_failed() -> None:
    failed = ran("pytest tests/test_pool.py", "E  assert pool is closed, failed\n", ok=False)
    one = only(
        asked("The test of the pool fails, can you look at that error?"), failed,
        said("I found the issue: the worker pool keeps its sockets open, since `close_pool` waits "
             "for a queue that nobody drains."),
        edited("src/pool.py"), ran("pytest tests/test_pool.py", "1 passed"), ran("make lint"),
        said("Fixed:\n\n- `close_pool` drains the queue of the worker pool and its sockets"),
    )  # fmt: skip
    assert "Afterwards `pytest tests/test_pool.py` went well" in one.body
    assert numbers(one)[-1] == 5


@pytest.mark.parametrize(
    ("point", "title"),
    [
        ("The bucket is asked for every page of the listing although the first answer names them "
         "all, which takes a second for each of them.",
         "The bucket is asked for every page of the listing although the first answer names them "
         "all"),
        ("A bug where letters that arrive at midnight are counted twice by the report of the day, "
         "since both days include their border.",
         "Letters that arrive at midnight are counted twice by the report of the day"),
        ("The cache answers for old rows in `src/cache.py:41` because its clock is set back by "
         "the tests of the neighbour.",
         "The cache answers for old rows because its clock is set back"),
    ],
)  # fmt: skip
def test_a_title_is_one_clause_that_is_not_cut_off(point: str, title: str) -> None:
    one = only(asked("What did you find?"), said(f"**Problem:** {point}\n\n**Solution:** Mended it "
               "where it begins, and all that came after it."))  # fmt: skip
    assert one.title == title
    assert len(one.title) <= 90


def test_what_has_no_clause_that_could_be_a_title_is_not_proposed() -> None:
    rule = f"Never call {'really ' * 14}blocking functions there"
    assert not proposed(asked("List them"), said("Listed."), asked(rule), said("I see."))


def test_a_title_names_what_it_speaks_of() -> None:
    one = only(
        asked("Add the check"), edited("ids.py"), said("Added."),
        asked("what would `check_id` return then, is that not what we wanted to avoid?"),
        said("Good catch. The fallback should make an id of its own, instead of trusting the "
             "words that a caller has sent."),
        edited("ids.py"),
    )  # fmt: skip
    assert one.title == "`check_id`: the fallback should make an id of its own"
