"""Patterns of paths: against a slow and simple matcher of their own, and never slow themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review import globs


def simple(pattern: list[str], path: list[str]) -> bool:
    """The meaning of names with `*`, `?` and `**`, tried in every way."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return simple(pattern[1:], path) or (bool(path) and simple(pattern, path[1:]))
    return bool(path) and name(pattern[0], path[0]) and simple(pattern[1:], path[1:])


def name(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return name(pattern[1:], text) or (bool(text) and name(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and name(pattern[1:], text[1:])


def meant(pattern: str, path: str, *, anywhere: bool, within: bool) -> bool:
    names = [one for one in pattern.split("/") if one]
    top = pattern.startswith("/") or ("/" in pattern.strip("/") and not anywhere)
    names = names if top else ["**", *names]
    folders = path.split("/")
    whole = [folders] if not pattern.endswith("/") else []
    if pattern.endswith("/") or (within and "*" not in names[-1]):
        whole += [folders[:end] for end in range(1, len(folders))]
    if names[-1] == "**":
        names.append("*")
    return any(simple(names, one) for one in whole)


parts = st.one_of(
    st.just("**"), st.text("ab*?", min_size=1, max_size=4).filter(lambda p: p != "**")
)
patterns = st.builds(
    lambda lead, names, tail: lead + "/".join(names) + tail,
    st.sampled_from(["", "/"]), st.lists(parts, min_size=1, max_size=4), st.sampled_from(["", "/"]),
)  # fmt: skip
paths = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


@given(patterns, paths, st.booleans(), st.booleans())
def test_it_means_what_the_simple_one_means(
    pattern: str, path: str, anywhere: bool, within: bool
) -> None:
    made = globs.matcher(pattern, anywhere=anywhere, within=within, classes=False)
    found = bool(made.fullmatch(path))
    assert found == meant(pattern, path, anywhere=anywhere, within=within), made.pattern


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "a/b/c"], []),
        ("*.js", ["a.js", "x/y.js"], ["a.jsx", "a.js/b"]),
        ("docs/*", ["docs/a"], ["docs/a/b", "x/docs/a"]),
        ("apps/", ["apps/a", "x/apps/a/b"], ["apps", "xapps/a"]),
        ("/docs/", ["docs/a", "docs/a/b"], ["x/docs/a", "docs"]),
        ("**/logs", ["logs/a", "build/logs/a/b", "logs"], ["logsx/a"]),
        ("/apps/github", ["apps/github", "apps/github/x"], ["apps/githubx", "x/apps/github"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["a.md", "docs/a.txt"]),
        ("src/**", ["src/a", "src/a/b"], ["src", "x/src/a"]),
        (r"path\ with\ spaces/", ["path with spaces/a"], ["path"]),
        (r"\#hash", ["#hash", "a/#hash"], ["hash"]),
        (r"a\*b", ["a*b"], ["axb"]),
        ("[a-c]x", ["ax", "d/cx"], ["dx", "[a-c]x"]),
        ("[!a]x", ["bx"], ["ax", "/x"]),
        ("a[", ["a["], ["a"]),
        ("ü*", ["übel"], ["u"]),
        ("line?break", ["line\nbreak"], ["line/break"]),
    ],
)
def test_examples(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes + no if globs.rule(pattern).fullmatch(path)] == yes


def test_the_last_pattern_that_fits_says_so() -> None:
    some = ["src/**", "!src/gen/**", "src/gen/kept.py"]
    told = {
        path: globs.chosen(some, path) for path in ("src/a", "src/gen/a", "src/gen/kept.py", "b")
    }
    assert told == {"src/a": True, "src/gen/a": False, "src/gen/kept.py": True, "b": False}
    assert not globs.chosen([], "a")


@pytest.mark.parametrize("pattern", ["", "/", "//", "x" * 1_001])
def test_what_names_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="a pattern"):
        globs.rule(pattern)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("*a" * 200 + "b", "a" * 4_000), ("**/a/" * 100 + "b", "a/" * 2_000 + "c"),
     ("**/*a*a*a*a*a*a*a/" * 20 + "b", ("a" * 40 + "/") * 90 + "c"), ("a?" * 300, "a" * 4_000)],
)  # fmt: skip
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    """Tried in every way, each of these would outlive us: the test would never end."""
    assert not globs.matcher(pattern, anywhere=False, within=True, classes=True).fullmatch(path)
