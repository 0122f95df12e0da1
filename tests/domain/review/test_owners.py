"""CODEOWNERS of both kinds, against examples of their makers and an oracle of its own."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.review.circle import Circle, Person
from git_naturecode.domain.review.owners import Owners, parse

GITHUB = """
# a remark
*           @global1 @global2
*.js        @js-owner #This is a remark
*.go        docs@example.com
*.txt       @octo-org/octocats
/build/logs/ @doctocat
docs/*      docs@example.com
apps/       @octocat
/docs/      @doctocat
/scripts/   @doctocat @octocat
**/logs     @octocat
/apps/github
app/[slug]/ @web
"""


def whose(owners: Owners, path: str) -> dict[str, tuple[str, ...]]:
    return {owned.section.name: owned.entry.owners for owned in owners.of(path)}


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", ("@global1", "@global2")),
        ("deep/er/x.js", ("@js-owner",)),
        ("x.go", ("docs@example.com",)),
        ("x/y.txt", ("@octo-org/octocats",)),
        ("build/logs/a/b", ("@octocat",)),
        ("docs/a", ("@doctocat",)),
        ("x/docs/a/b", ("@global1", "@global2")),
        ("x/apps/a", ("@octocat",)),
        ("scripts/a", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/a", ("@octocat",)),
        ("apps/github/a", ()),
        ("app/[slug]/page.tsx", ("@web",)),
    ],
)
def test_as_github_reads_it(path: str, owners: tuple[str, ...]) -> None:
    found = parse(GITHUB, ".github/CODEOWNERS")
    assert found.problems == ()
    assert whose(found, path) == {"": owners}
    assert [one.needed for one in found.of(path)] == [1 if owners else 0]


GITLAB = r"""
* @admin
\#file @hash
path\ with\ spaces/ @space   # and a remark
/config/ @@maintainer

[README Owners]
README.md @user1 @user2
internal/README.md @user4

^[Database][3] @database-team
model/db/
config/db/setup.md @docs-team

[Ruby][2] @ruby
*.rb
!/config/**/*.rb
/config/routes.rb @ops

[readme owners] @more
*.rst
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", {"": ("@admin",), "README Owners": ("@user1", "@user2")}),
        ("x/internal/README.md", {"": ("@admin",), "README Owners": ("@user4",)}),
        ("#file", {"": ("@hash",)}),
        ("a/path with spaces/b/c", {"": ("@space",)}),
        ("config/a", {"": ("@@maintainer",)}),
        ("x/model/db/y", {"": ("@admin",), "Database": ("@database-team",)}),
        ("config/db/setup.md", {"": ("@@maintainer",), "Database": ("@docs-team",)}),
        ("a/b.rb", {"": ("@admin",), "Ruby": ("@ruby",)}),
        ("config/routes.rb", {"": ("@@maintainer",)}),
        ("config/x/y.rb", {"": ("@@maintainer",)}),
        ("a.rst", {"": ("@admin",), "README Owners": ("@more",)}),
    ],
)
def test_as_gitlab_reads_it(path: str, owners: dict[str, tuple[str, ...]]) -> None:
    found = parse(GITLAB, "CODEOWNERS")
    assert found.problems == ()
    assert whose(found, path) == owners


def test_sections_say_how_many_and_whether_at_all() -> None:
    found = parse(GITLAB)
    needed = {
        owned.section.name: owned.needed
        for path in ("README.md", "model/db/x", "a.rb")
        for owned in found.of(path)
    }
    assert needed == {"": 1, "README Owners": 1, "Database": 0, "Ruby": 2}


def test_of_two_sections_with_one_name_the_stricter_counts() -> None:
    found = parse("^[Docs] @a\n*.md\n[docs][2] @b\n*.txt\n")
    assert {(o.needed, o.entry.owners) for p in ("x.md", "x.txt") for o in found.of(p)} == {
        (2, ("@a",)), (2, ("@b",)),
    }  # fmt: skip


def test_what_makes_no_sense_is_told_and_the_rest_counts() -> None:
    found = parse("*.a @ok not-a-name\n" + "/" + " @x\n*.b b@example.com\n")
    assert len(found.problems) == 2
    assert "line 1: not-a-name" in found.problems[0]
    assert "line 2" in found.problems[1]
    assert whose(found, "x.a") == {"": ("@ok",)}
    assert whose(found, "x.b") == {"": ("b@example.com",)}
    assert parse("").of("x") == []
    assert parse("\ufeff* @a\r\n*.c @b\r\n").problems == ()


Line = tuple[str, Callable[[str], bool]]
LINES: list[Line] = [
    ("*", lambda path: True),
    ("/a/", lambda path: path.startswith("a/")),
    ("b/", lambda path: "b" in path.split("/")[:-1]),
    ("*.x", lambda path: path.rsplit("/", 1)[-1].endswith(".x")),
    ("/a/c.x", lambda path: path == "a/c.x"),
    ("/a/*", lambda path: path.startswith("a/") and path.count("/") == 1),
]
entries = st.lists(
    st.tuples(st.sampled_from(range(len(LINES))), st.sampled_from(["@p", "@q", "@p @r", ""]),
              st.booleans()), max_size=6,
)  # fmt: skip
sections = st.lists(st.tuples(st.sampled_from(["one", "two", "ONE"]), entries), max_size=4)
tree = [
    "/".join([*folders, name])
    for folders in ([], ["a"], ["b"], ["a", "b"], ["c", "b", "a"])
    for name in ("c.x", "y", ".x")
]


@given(entries, sections)
def test_the_last_line_of_each_section_counts(
    first: list[tuple[int, str, bool]], more: list[tuple[str, list[tuple[int, str, bool]]]]
) -> None:
    text = "[never]\n/nothing @x\n"  # so that it is GitLab's
    groups: dict[str, list[tuple[int, str, bool]]] = {}
    for name, lines in [("top", first), *more]:
        text += f"[{name}]\n"
        for number, owners, out in lines:
            text += f"{'!' if out else ''}{LINES[number][0]} {owners}\n"
        groups.setdefault(name.casefold(), []).extend(lines)
    found = parse(text, ".gitlab/CODEOWNERS")
    for path in tree:
        expected = {}
        for name, lines in groups.items():
            mine = [line for line in lines if LINES[line[0]][1](path)]
            if mine and not any(out for _, _, out in mine):
                expected[name] = tuple(mine[-1][1].split())
        assert {o.section.name.casefold(): o.entry.owners for o in found.of(path)} == expected


CREW = Circle(
    [
        Person("ada@example.com", "Ada", frozenset({"ada@example.com", "ada@home"}),
               frozenset({"core"}), "maintainer"),
        Person("ben@example.com", "Ben Bo", frozenset({"ben@example.com"}),
               frozenset({"core", "web"}), "contributor"),
        Person("vic@example.com", "Vic", frozenset({"vic@example.com"}), frozenset({"core"}),
               "viewer"),
        Person("ci@example.com", "Bot", frozenset({"ci@example.com"}), frozenset({"core"}), "bot"),
        Person("ben@other.org", "Twin", frozenset({"ben@other.org"}), frozenset(), "contributor"),
        Person("eve@example.com", "web", frozenset({"eve@example.com"}), frozenset(), "admin"),
    ],
    {"core": "Core", "web": "Web"},
    is_team=True,
)  # fmt: skip
ADA, BEN, EVE, TWIN = "ada@example.com", "ben@example.com", "eve@example.com", "ben@other.org"


@pytest.mark.parametrize(
    ("word", "people"),
    [
        ("ADA@home", {ADA}),
        ("@ada", {ADA}),
        ("@ben-bo", {BEN}),
        ("@ben", set()),  # two addresses begin so
        ("@org/core", {ADA, BEN}),
        ("@core", {ADA, BEN}),
        ("core", {ADA, BEN}),
        ("@web", {BEN}),  # a person cannot call himself as a team
        ("@org/ada", set()),
        ("@vic", set()),
        ("vic@example.com", set()),
        ("@bot", set()),
        ("ci@example.com", set()),
        ("stranger@example.com", set()),
        ("@@maintainer", {ADA}),
        ("@@developers", {BEN, TWIN}),
        ("@@owner", {EVE}),
        ("@@king", set()),
        ("@nobody", set()),
    ],
)
def test_whom_a_name_means(word: str, people: set[str]) -> None:
    assert CREW.meant(word) == people


def test_one_person_is_one_person_under_all_addresses() -> None:
    assert CREW.who("Ada@Home") == CREW.who("ada@example.com") == ADA
    assert CREW.name(ADA) == "Ada"
    assert not CREW.may_judge("stranger@example.com")
    assert Circle(()).may_judge("stranger@example.com")
