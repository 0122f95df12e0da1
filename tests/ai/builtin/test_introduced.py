"""Only what the change has brought, or touched, is told; and only on lines that it shows."""

from benchmarks.changing import change, changed
from git_naturecode.ai.builtin.reviewer import Builtin

from .looking import hits, seen

BAD = "def f(c, who):\n    c.execute(\"select a from b where d = '%s'\" % who)\n"
FAR = "".join(f"x{n} = {n}\n" for n in range(30))


def test_what_was_there_before_is_not_told() -> None:
    assert not hits(BAD + FAR + "y = 1\n", "a.py", BAD + FAR)
    assert not hits("y = 1\n" + BAD, "a.py", BAD)


def test_what_is_new_or_touched_is() -> None:
    (hit,) = hits(FAR + BAD, "a.py", FAR)
    assert (hit.line, hit.end) == (32, 32)
    (hit,) = hits(BAD.replace("select a", "select e"), "a.py", BAD)
    assert hit.line == 2


def test_a_second_one_like_the_first_is_new() -> None:
    (hit,) = hits(BAD + FAR + BAD, "a.py", BAD + FAR)
    assert hit.line == 34


def test_what_a_changed_line_above_makes_unsafe_stands_where_the_change_shows_it() -> None:
    head = "def f(c, who):\n    q = {}\n"
    far = "".join(f"    x{n} = {n}\n" for n in range(30))
    safe = head.format("'select a from b'") + far + "    c.execute(q)\n"
    unsafe = head.format('"select a from b where d = \'" + who + "\'"') + far + "    c.execute(q)\n"
    (hit,) = (one for one in hits(unsafe, "a.py", safe) if one.cwe)
    assert (hit.cwe, hit.line, hit.end) == ("CWE-89", 2, 2)


def test_a_check_that_is_taken_out_is_told_where_it_stood() -> None:
    text = (
        "import os\ndef read(filename):\n    p = os.path.join(BASE, filename)\n"
        "    if not os.path.realpath(p).startswith(BASE):\n        raise ValueError(p)\n{}"
        "    return open(p).read()\n"
    )
    far = "".join(f"    x{n} = {n}\n" for n in range(10))
    checked = text.format(far)
    lines = checked.split("\n")
    bare = "\n".join([*lines[:3], *lines[5:]])
    (hit,) = (one for one in hits(bare, "a.py", checked) if one.cwe)
    assert hit.cwe == "CWE-22"
    assert hit.line == 6
    assert "line 14" in hit.message


def test_a_function_that_was_long_before_is_not_told_again() -> None:
    long = "def f():\n" + "".join(f"    g({n})\n" for n in range(100))
    assert not hits(long.replace("g(50)", "g(51)"), "a.py", long)
    assert not hits(long.replace("def f()", "def f(a)"), "a.py", long)
    (hit,) = hits(long, "a.py", "def f():\n    g(1)\n")
    assert (hit.rule, hit.line) == ("nc/python/long-function", 1)


def test_every_hit_stands_on_lines_that_the_difference_shows() -> None:
    before, after = {"a.py": FAR + BAD + FAR}, {"a.py": BAD + FAR + "print(1)\n" + FAR + BAD}
    file = changed("a.py", before["a.py"], after["a.py"])
    told = Builtin().look(change(before, after, files=[file])).hits
    assert told
    assert all(file.shows(hit.side, hit.line, hit.end) for hit in told)


def test_only_the_aspects_that_are_asked_for() -> None:
    text = BAD + "print(1)\n"
    assert {hit.aspect for hit in hits(text, "a.py")} == {"security", "maintainability"}
    only = seen({}, {"a.py": text}, aspects=("security",))
    assert {hit.aspect for hit in only.hits} == {"security"}


def test_generated_files_are_passed_over_and_said() -> None:
    attributes = "gen/** linguist-generated\nlib/mine.py -linguist-vendored\n"
    before = {".gitattributes": attributes}
    told = seen(before, {**before, "gen/a.py": BAD, "b.py": BAD})
    assert {hit.path for hit in told.hits} == {"b.py"}
    assert set(told.skipped) == {"gen/a.py"}
    assert told.skipped["gen/a.py"].startswith("generated")


def test_what_is_generated_is_told_by_the_base_alone() -> None:
    told = seen({}, {".gitattributes": "*.py linguist-generated\n", "b.py": BAD})
    assert {hit.path for hit in told.hits} == {"b.py"}


def test_every_hunk_is_covered_by_its_number() -> None:
    before, after = {"a.py": FAR * 2}, {"a.py": "a = 1\n" + FAR + "b = 1\n" + FAR}
    assert seen(before, after).covered == {("a.py", 1), ("a.py", 2)}


def test_a_file_that_cannot_be_read_is_looked_at_by_what_is_shown() -> None:
    file = changed("a.py", FAR, FAR + BAD)
    told = Builtin().look(change({}, {}, files=[file]))
    assert [(hit.cwe, hit.line) for hit in told.hits] == [("CWE-89", 32)]
    assert "too large" in told.skipped["a.py"]
