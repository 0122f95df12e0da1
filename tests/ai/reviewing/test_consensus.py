"""Several analysers on one change."""

from typing import NamedTuple

from git_naturecode.ai.reviewing.consensus import agreed
from git_naturecode.domain.findings.hit import Change, Hit, Seen

from .scripted import change

ONE = change({"a.py": (None, "".join(f"line {n}\n" for n in range(30)))})


class Fixed(NamedTuple):
    """An analyser that always sees the same."""

    name: str
    seen: Seen

    def look(self, change: Change) -> Seen:
        """See Analyser."""
        return self.seen


def hit(line: int, source: str, end: int = 0, **more: object) -> Hit:
    made = Hit(
        "ai/security", "medium", 0.5, f"By {source}.", "a.py", "new", line, end, None, "security",
        source, "",
    )  # fmt: skip
    return made._replace(**more)  # type: ignore[arg-type]


def fixed(name: str, *hits: Hit, failed: str | None = None) -> Fixed:
    return Fixed(name, Seen(hits, frozenset({("a.py", 1)}), {}, failed))


def test_one_speaks_for_itself() -> None:
    a = fixed("a", hit(1, "a"))
    assert agreed(ONE, [a], 1).seen == a.seen


def test_each_speaks_for_itself_where_nobody_has_to_agree() -> None:
    found = agreed(ONE, [fixed("a", hit(1, "a")), fixed("b", hit(1, "b"), hit(9, "b"))], 1)
    assert [(one.line, one.source) for one in found.seen.hits] == [(1, "a"), (1, "b"), (9, "b")]
    assert found.seen.sources == ("a", "b")


def test_enough_have_to_mean_the_same_lines() -> None:
    a = fixed("a", hit(1, "a", 3), hit(10, "a"), hit(20, "a"))
    b = fixed("b", hit(3, "b", 5, severity="high", confidence=0.9), hit(11, "b"))
    c = fixed("c", hit(20, "c", aspect="style"), hit(10, "c", 12))
    two = agreed(ONE, [a, b, c], 2)
    assert [(one.line, one.severity, one.source) for one in two.seen.hits] == [
        (3, "high", "a+b+c"), (10, "medium", "a+b+c"),
    ]  # fmt: skip
    assert two.alone == 3
    assert two.seen.sources == ("a+b+c",)
    assert [one.line for one in agreed(ONE, [a, b, c], 3).seen.hits] == []


def test_a_remark_counts_once() -> None:
    a = fixed("a", hit(1, "a"), hit(1, "a"))
    b = fixed("b", hit(1, "b"))
    assert len(agreed(ONE, [a, b], 2).seen.hits) == 1


def test_where_one_failed_nothing_is_known() -> None:
    found = agreed(ONE, [fixed("a", hit(1, "a")), fixed("b", failed="down")], 1)
    assert found.seen.inconclusive == "down"


def test_only_what_all_have_seen_is_covered() -> None:
    b = Fixed("b", Seen((), frozenset(), {"a.py": "too large"}))
    found = agreed(ONE, [fixed("a"), b], 1)
    assert (found.seen.covered, found.seen.skipped) == (frozenset(), {"a.py": "too large"})
