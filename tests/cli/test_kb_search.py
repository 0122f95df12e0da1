"""kb search: one question to articles, sessions and reviews."""

from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone

KEYS = {
    "id", "type", "title", "slug", "content", "authorId", "tags", "createdAt", "updatedAt",
    "views", "helpful", "unhelpful", "score", "snippet", "kind", "entry", "more", "command",
    "related",
}  # fmt: skip


@pytest.fixture
def clone(box: Box) -> Clone:
    """Two articles and a session about retries, and one article about something else."""

    def make() -> Clone:
        made = box.ready()
        add(made, "Retry policy", "Calls are retried twice.\n\nWith sendAsync.", tags="net,api")
        add(made, "Jitter", "Jitter spreads a retry.", kind="faq", tags="net")
        add(made, "用缓存加速测试", "Warm it before the tests.", kind="snippet")
        session = made.start("Why the payment was retried")
        made.nc("session", "say", session, "each retry charged the card")
        made.nc("session", "say", session, "a retry needs a key")
        return made

    return box.scene("kb-search", make)


def add(clone: Clone, title: str, text: str, kind: str = "article", tags: str = "") -> str:
    """An article; its id."""
    path = clone.path.parent / "text.md"
    path.write_text(text)
    more = ["--tags", tags] if tags else []
    args = ["kb", "add", "--type", kind, "--title", title, "--file", str(path), *more]
    return clone.nc(*args).out.split()[0]


def titles(clone: Clone, *args: str) -> list[str]:
    return [one["title"] for one in items(clone, *args)]


def items(clone: Clone, *args: str) -> list[Any]:
    return list(clone.nc("kb", "search", "--json", *args).json["items"])


def test_all_kinds_are_found_each_thing_once(clone: Clone) -> None:
    found = items(clone, "retry")
    assert {one["title"] for one in found} == {
        "Retry policy", "Jitter", "Why the payment was retried",
    }  # fmt: skip
    session = next(one for one in found if one["kind"] == "session")
    assert session["more"] == 1
    assert session["snippet"] in ("each retry charged the card", "a retry needs a key")
    command = session["command"].split()
    assert command[:4] == ["git", "naturecode", "session", "show"]
    shown = clone.nc(*command[2:]).out  # that message alone
    said = ["each retry charged the card", "a retry needs a key"]
    assert [one for one in said if one in shown] == [session["snippet"]]
    article = next(one for one in found if one["title"] == "Retry policy")
    assert set(article) >= KEYS
    assert article["content"] == "Calls are retried twice.\n\nWith sendAsync.\n"
    assert article["command"] == "git naturecode kb show retry-policy"
    assert article["score"] > 0
    assert found[0]["score"] >= found[1]["score"] >= found[2]["score"]


def test_what_is_shown_can_be_opened(clone: Clone) -> None:
    lines = clone.nc("kb", "search", "retry").out.splitlines()
    commands = [line.split()[2:] for line in lines if line.startswith("    git naturecode")]
    assert len(commands) == 3
    for command in commands:
        assert "retr" in clone.nc(*command).out
    assert "Jitter spreads a retry." in "\n".join(lines)


def test_words_of_both_scripts_and_parts_of_identifiers(clone: Clone) -> None:
    assert titles(clone, "缓存") == ["用缓存加速测试"]
    assert titles(clone, "async", "--exact") == ["Retry policy"]
    assert titles(clone, '"spreads a retry"') == ["Jitter"]
    assert titles(clone, "--", "retry", "-charged", "-jitter") == ["Retry policy"]
    assert titles(clone, "spre*") == ["Jitter"]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("--in kb", "Jitter|Retry policy"), ("--in sessions", "Why the payment was retried"),
        ("--in reviews,sessions", "Why the payment was retried"), ("--type faq", "Jitter"),
        ("--type faq --type article", "Jitter|Retry policy"), ("--tag api", "Retry policy"),
        ("--tag api,net", "Jitter|Retry policy"), ("--author ADA@example.com --type faq", "Jitter"),
        ("--since 2000-01-01 --until 2999-01-01 --type faq", "Jitter"),
    ],
)  # fmt: skip
def test_what_narrows(clone: Clone, options: str, wanted: str) -> None:
    assert sorted(titles(clone, "retry", *options.split())) == sorted(wanted.split("|"))


@pytest.mark.parametrize(
    "options",
    ["--tag none", "--author eve@example.com", "--since 2999-01-01", "--until 2000-01-01"],
)
def test_what_narrows_to_nothing(clone: Clone, options: str) -> None:
    said = clone.nc("kb", "search", "retry", *options.split(), code=1)
    name, value = options.split()
    assert said.err.startswith("error: no match for 'retry'\nhint: ")
    assert value in said.err or f"without {name}" in said.err


def test_until_a_day_means_to_its_end(clone: Clone) -> None:
    day = items(clone, "jitter")[0]["updatedAt"][:10]
    assert titles(clone, "spreads", "--until", day, "--since", day, "--exact") == ["Jitter"]


def test_by_date_the_latest_that_has_all_words_is_first(clone: Clone) -> None:
    assert titles(clone, "retry", "--sort", "date")[0] == "Why the payment was retried"
    assert titles(clone, "retry", "spreads", "--sort", "date") == ["Jitter"]
    assert len(titles(clone, "retry", "nowhere", "--sort", "date")) == 3
    assert titles(clone, "retry", "--sort", "date", "--limit", "1", "--in", "kb") == ["Jitter"]


def test_an_edit_is_found_at_the_next_search(clone: Clone) -> None:
    titles(clone, "retry")
    path = clone.path.parent / "new.md"
    path.write_text("Now with a porcupine.")
    clone.nc("kb", "edit", "retry-policy", "--file", str(path))
    assert titles(clone, "porcupine", "--exact") == ["Retry policy"]
    assert "Retry policy" not in titles(clone, "twice", "warm", "--exact")
    clone.nc("kb", "rm", "retry-policy")
    assert "no match" in clone.nc("kb", "search", "porcupine", code=1).err


def test_who_asks_for_a_name_gets_what_has_it_or_had_it(clone: Clone) -> None:
    add(clone, "Other", "retry-policy retry policy " * 9)
    assert titles(clone, "retry-policy")[0] == "Retry policy"
    clone.nc("kb", "rename", "retry-policy", "when-to-repeat")
    assert titles(clone, "retry-policy")[0] == titles(clone, "when-to-repeat")[0] == "Retry policy"
    assert titles(clone, "retry-policy", "--type", "faq") == ["Jitter"]


def test_words_that_mean_the_same_and_what_is_like_a_hit_are_found(clone: Clone) -> None:
    assert titles(clone, "cache") == ["用缓存加速测试"]
    assert titles(clone, "重试")[0] == "Retry policy"
    assert "no match" in clone.nc("kb", "search", "cache", "--exact", code=1).err
    found = items(clone, "async")
    assert [(one["title"], one["related"]) for one in found] == [
        ("Retry policy", False), ("Why the payment was retried", True), ("Jitter", True),
    ]  # fmt: skip
    assert "article, " in (said := clone.nc("kb", "search", "async").out)
    assert said.count(", related") == 2
    clone.nc("kb", "search", "async", "--type", "faq", code=1)


def test_a_slip_is_told(clone: Clone) -> None:
    said = clone.nc("kb", "search", "retrry", code=1)
    assert said.err == (
        'error: no match for \'retrry\'\nhint: no match for "retrry"; did you mean "retry"?\n'
    )
    said = clone.nc("kb", "search", "retry", "jiter")
    assert 'no match for "jiter"; did you mean "jitter"?' in said.err
    assert clone.nc("kb", "search", "jiter", "retry", "--json").json["meant"] == [
        {"word": "jiter", "meant": "jitter"}
    ]
    assert "did you mean" not in clone.nc("kb", "search", "zzzqqq", code=1).err


def test_what_cannot_be_asked(clone: Clone) -> None:
    for args, told in (
        (["x", "--sort", "size"], "'size' is no order"), ([" "], "nothing to search for"),
        (["x", "--in", "issues"], "'issues' cannot be searched"),
        (["x", "--type", "page"], "'page' is not a type"), (["x", "--since", "soon"], "not a time"),
        (["x", "--type", "faq", "--in", "reviews"], "only articles have a --type"), ([], "needed"),
    ):  # fmt: skip
        assert told in clone.nc("kb", "search", *args, code=2).err


def test_where_nothing_is_here_yet(box: Box) -> None:
    said = box.ready().nc("kb", "search", "retry", code=1)
    assert "nothing is here yet" in said.err


def test_reviews_are_found(box: Box) -> None:
    clone = box.ready()
    clone.git("checkout", "-q", "-b", "feature")
    Path(clone.path / "a.py").write_text("x = 1\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "-m", "one")
    clone.nc("review", "start", "--title", "Retry with jitter")
    (found,) = items(clone, "jitter")
    assert (found["kind"], found["title"]) == ("review", "Retry with jitter")
    assert clone.nc(*found["command"].split()[2:]).out


def test_a_search_says_that_there_is_more(clone: Clone) -> None:
    assert "hint: these are the best 2; --limit shows more" in clone.nc(
        "kb", "search", "retry", "--limit", "2"
    ).err  # fmt: skip
    assert "--limit" not in clone.nc("kb", "search", "retry", "--limit", "3000").err
    three = clone.nc("kb", "search", "retry", "--exact", "--limit", "3")
    assert "--limit" not in three.err  # there are three
    assert clone.nc("kb", "search", "retry", "--limit", "2", "--json").json["hasMore"] is True


def _only(clone: Clone, *args: str) -> Any:
    """The one article that is found."""
    (found,) = items(clone, *args, "--in", "kb")
    return found


def test_a_phrase_is_shown_where_it_stands_and_its_places_are_counted(clone: Clone) -> None:
    filler = "A client came. So did a stream.\n\n" * 9
    add(clone, "Notes", f"{filler}Here `client.stream` is.\n\n{filler}", tags="n")
    found = _only(clone, '"client.stream"')
    assert "client.stream" in found["snippet"]
    assert found["more"] == 0
    session = clone.start("Streams")
    for text in ("the client and a stream", "use client.stream here", "a stream of the client"):
        clone.nc("session", "say", session, text)
    (said,) = items(clone, '"client.stream"', "--in", "sessions")
    assert (said["snippet"], said["more"]) == ("use client.stream here", 0)


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("连接池", "The `ConnectionPool` of it.", "ConnectionPool"),
        ("connection pool", "请求会用连接池来完成。", "连接池"),
    ],
)  # fmt: skip
def test_what_is_found_by_a_word_that_means_the_same_says_by_which(
    clone: Clone, query: str, text: str, shown: str
) -> None:
    filler = "Nothing of it stands in this line at all.\n\n" * 9
    add(clone, "Limits", filler + text, tags="n")
    found = next(one for one in items(clone, query, "--in", "kb") if one["title"] == "Limits")
    assert text[:9] in found["snippet"]
    assert found["meansTheSame"] == [shown]
    out = clone.nc("kb", "search", query, "--in", "kb").out
    assert f"means the same: {shown}" in out
    typed = next(one for one in items(clone, "nothing line", "--in", "kb"))
    assert typed["meansTheSame"] == []


def test_a_word_that_was_typed_elsewhere_in_it_is_reason_enough(clone: Clone) -> None:
    session = clone.start("Two ways to say it")
    clone.nc("session", "say", session, "缓存 缓存 缓存 缓存")
    clone.nc("session", "say", session, "it is about a cache, among many other things that it says")
    (found,) = items(clone, "cache", "--in", "sessions")
    assert found["meansTheSame"] == []


def test_a_title_is_not_said_again_as_the_heading_of_its_passage(clone: Clone) -> None:
    add(clone, "How we pay", "# How we pay\n\nWe pay by card.\n")
    found = _only(clone, "pay", "card", "--exact")
    assert (found["snippet"], found["more"]) == ("We pay by card.\n", 0)
    assert clone.nc("kb", "search", "pay", "--in", "kb", "--exact").out.count("How we pay") == 1
    session = clone.start("Zebra crossing")
    lines = clone.nc("kb", "search", "zebra").out.splitlines()
    assert lines[0].startswith("Zebra crossing")
    assert lines[1].strip() == f"git naturecode session show {session[-8:]}"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tag", "nope"), "no tag 'nope'"), (("--author", "eve@x.y"), "nobody 'eve@x.y'"),
        (("--tag", "api"), "without --tag api there are matches"),
        (("--tag", "api", "--type", "faq"), "without --tag api there are matches"),
        (("--type", "snippet"), "without --type snippet there are matches"),
        (("--until", "2020-01-01"), "without --until there are matches"),
        (("--until", "2020-01-01", "--type", "snippet"), "without --type snippet, --until, but"),
    ],
)  # fmt: skip
def test_where_a_filter_leaves_nothing_it_is_named(
    clone: Clone, options: tuple[str, ...], said: str
) -> None:
    told = clone.nc("kb", "search", "jitter", *options, code=1).err
    assert said in told
    none = clone.nc("kb", "search", "porcupine", "--tag", "api", code=1).err
    assert "--tag" not in none


def test_what_is_only_related_counts_no_places(clone: Clone) -> None:
    add(clone, "Porcupine quills", "A porcupine is here.", tags="zoo")
    add(clone, "Aardvarks", "Of quills.\n\nMore quills.\n\nAnd quills.", tags="zoo")
    found = {one["title"]: one for one in items(clone, "porcupine", "--in", "kb")}
    assert found["Aardvarks"]["related"]
    assert found["Aardvarks"]["more"] == 0
