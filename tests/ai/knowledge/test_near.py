"""What the knowledge base says already, and a proposal as a part of an article."""

from git_naturecode.ai.knowledge.near import added, asked, distinct, is_said, near
from git_naturecode.ai.knowledge.proposal import Proposal, Source, Statement, body

SAID = "The worker pool keeps its sockets open, since closing waits for a queue nobody drains."
SOURCE = Source("session-20260105-k3v9q2m7", "m02", 2)
ONE = Proposal(
    "problem", "The worker pool keeps its sockets open",
    body([Statement(SAID, (SOURCE,), "Cause"),
          Statement("```sh\n# not a heading\n```", (SOURCE,), "Solution")]), {},
)  # fmt: skip


def test_an_article_with_much_of_it_is_near_and_one_with_all_of_it_says_it() -> None:
    other = "Invoices are rounded by the bank, half to even."
    some = "Sockets of the worker pool stay open: closing waits for a queue that nobody drains."
    found = near(ONE, [("kb-1", "Rounding", other), ("kb-2", "Sockets stay open", some)])
    assert [one.id for one in found] == ["kb-2"]
    assert not is_said(ONE, some)
    assert is_said(ONE, f"Before.\n\n{ONE.body}\n\nBehind.")
    (same,) = near(ONE, [("kb-3", "Pool", f"Before.\n\n{ONE.body}")])
    assert same.score >= 0.9


def test_it_becomes_the_last_section_with_its_headings_below_it() -> None:
    text = added("# Pool\n\nIt has workers.\n\n", ONE)
    assert text.startswith("# Pool\n\nIt has workers.\n\n## The worker pool keeps its sockets open")
    assert "\n### Cause\n" in text
    assert "\n# not a heading\n" in text


def test_what_is_searched_for_has_no_signs_of_the_search() -> None:
    odd = ONE._replace(title='-worker "pool" OR sockets*')
    assert set(asked(odd)) <= set("abcdefghijklmnopqrstuvwxyz_0123456789 ")


def test_several_of_one_message_are_told_apart_whatever_their_order_of_others() -> None:
    one = ONE._replace(origin={"session": "s", "message": "m"})
    found = distinct([one, one._replace(kind="lesson"), one])
    assert [each.origin["topic"] for each in found] == ["problem", "lesson", "problem-2"]
