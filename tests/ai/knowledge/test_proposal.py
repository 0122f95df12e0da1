"""A proposal for the knowledge base, as the Markdown that it becomes."""

import pytest

from git_naturecode.ai.knowledge.proposal import Proposal, Source, Statement, body, sources, titled

SESSION = "session-20261126-k3v9q2m7"
SAID = Source(SESSION, "m-1", 12)
CODE = Source(path="src/app.py", lines="3-9")


def test_every_statement_ends_with_links_to_what_it_rests_on() -> None:
    said = [
        Statement("They wait for a queue.", (SAID,)),
        Statement("Close it first.", (SAID, CODE), "Solution"),
    ]
    assert body(said, ["src/app.py"]) == (
        "They wait for a queue.\n\n"
        f"Source: [{SESSION}#12]({SESSION}#12)\n\n"
        "## Solution\n\nClose it first.\n\n"
        f"Source: [{SESSION}#12]({SESSION}#12), [src/app.py:3-9](src/app.py#L3-L9)\n\n"
        "Files: `src/app.py`\n"
    )
    assert sources(said) == (SAID, CODE)


@pytest.mark.parametrize(
    ("path", "lines", "link"),
    [
        ("pyproject.toml", "", "[pyproject.toml](pyproject.toml)"),
        ("a.py", "7", "[a.py:7](a.py#L7)"),
        ("my notes (old).md", "7", "[my notes (old).md:7](<my notes (old).md#L7>)"),
    ],
)
def test_a_file_is_linked_to_from_the_top_of_the_work_tree(
    path: str, lines: str, link: str
) -> None:
    assert Source(path=path, lines=lines).link == link


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("decision", "article"), ("lesson", "practice"), ("snippet", "snippet"), ("faq", "faq")],
)
def test_the_kind_says_which_type_of_article_it_becomes(kind: str, type_: str) -> None:
    assert Proposal(kind, "t", "b", {}).type == type_


def test_its_key_does_not_depend_on_the_order_of_its_origin() -> None:
    one = Proposal("decision", "t", "b", {"session": SESSION, "message": "m-1"})
    other = Proposal("decision", "u", "c", {"message": "m-1", "session": SESSION})
    assert one.key == other.key


def test_a_title_is_one_line_that_ends_with_a_word() -> None:
    assert titled("  Close the\nqueue first. ") == "Close the queue first"
    long = titled("word " * 40)
    assert long.endswith("word…")
    assert len(long) <= 120
    assert len(titled("x" * 300)) == 120
