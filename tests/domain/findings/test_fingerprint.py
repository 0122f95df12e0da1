"""Fingerprints: the same for the same thing after a push, another for another."""

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.findings import fingerprint
from git_naturecode.domain.findings.fingerprint import Spot, numbered
from git_naturecode.domain.review.anchor import Anchor

RULE = "nc/x"
CODE = Anchor("src/a.py", "new", 7, 8, text=("  run(x)", "  y"), symbol="def f(x):")


def test_only_what_the_finding_is_about_counts() -> None:
    name = fingerprint.of(RULE, CODE)
    assert len(name) == 32
    same = CODE._replace(
        path="other/a.py", line=70, end=71, commit="1" * 40, blob="2" * 40, before=("x",),
        text=("\trun(x)  ", "y"), symbol="    def  f(x):",
    )  # fmt: skip
    assert fingerprint.of(RULE, same) == name
    others = [
        fingerprint.of("nc/y", CODE),
        fingerprint.of(RULE, CODE, 1),
        fingerprint.of(RULE, CODE._replace(path="src/b.py")),
        fingerprint.of(RULE, CODE._replace(symbol="def g(x):")),
        fingerprint.of(RULE, CODE._replace(text=("run(x)",))),
        fingerprint.of(RULE, CODE._replace(text=("run(x)", "z"))),
        fingerprint.of(RULE, CODE._replace(text=("run(x) y",))),
    ]
    assert len({name, *others}) == 8


@st.composite
def some(draw: st.DrawFn) -> list[tuple[str, Anchor]]:
    """Things that were found in one go, many of them alike, each on a line of its own."""
    places = draw(st.sets(st.tuples(st.sampled_from(["a/x.py", "b/x.py"]), st.integers(1, 9))))
    return [
        (draw(st.sampled_from(["r", "s"])), Anchor(path, "new", line, line, text=("same",)))
        for path, line in sorted(places)
    ]


@given(some(), st.randoms())
def test_each_has_a_name_of_its_own_whatever_the_order(found, random) -> None:  # type: ignore[no-untyped-def]
    names = dict(zip(found, numbered(found), strict=True))
    assert len(set(names.values())) == len(found)
    mixed = list(found)
    random.shuffle(mixed)
    assert dict(zip(mixed, numbered(mixed), strict=True)) == names


@given(some(), st.data())
def test_what_is_left_keeps_its_name_when_others_are_mended(found, data) -> None:  # type: ignore[no-untyped-def]
    names = dict(zip(found, numbered(found), strict=True))
    known = {Spot(rule, a.path, a.side, a.line): names[rule, a] for rule, a in found}
    left = [one for one in found if data.draw(st.booleans())]
    spots = {Spot(rule, a.path, a.side, a.line) for rule, a in left}
    there = {spot: name for spot, name in known.items() if spot in spots}
    assert numbered(left, there) == [names[one] for one in left]
    more = ("r", Anchor("a/x.py", "new", 99, 99, text=("same",)))
    *others, fresh = numbered([*left, more], there)
    assert others == [names[one] for one in left]
    assert fresh not in others


def test_a_name_that_belongs_to_other_lines_is_not_taken_over() -> None:
    spot = Spot(RULE, CODE.path, CODE.side, CODE.line)
    (name,) = numbered([(RULE, CODE)], {spot: "f" * 32})
    assert name == fingerprint.of(RULE, CODE)
