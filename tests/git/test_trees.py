"""Lines of tree objects: read whole or by name, in folders of any size and from anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.git.objects import find_in_tree, parse_tree

MODES = (b"100644", b"40000", b"100755", b"120000", b"160000")
NAMES = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"\0", b"0"))


def tree_of(lines: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """The bytes of a tree object."""
    return b"".join(mode + b" " + name + b"\0" + oid for mode, name, oid in lines)


@pytest.mark.parametrize("size", [20, 32])
@given(data=st.data())
def test_a_name_is_found_as_when_all_lines_are_read(data: st.DataObject, size: int) -> None:
    line = st.tuples(st.sampled_from(MODES), NAMES, st.binary(min_size=size, max_size=size))
    some = data.draw(st.lists(line, min_size=1, max_size=6))
    # Beyond the size from which lines are found in one pass; what an id holds is no line.
    many = [(b"100644", b"n%d" % n, (b"\0100644 x\0" * 4)[:size]) for n in range(90)]
    for lines in (some, [*some, *many], [*many, *some]):
        parsed = parse_tree(tree_of(lines), 2 * size)
        assert [(one.mode, one.name, one.oid) for one in parsed] == [
            (int(mode, 8), name, oid.hex()) for mode, name, oid in lines
        ]
        wanted = {some[0][1], b"x", b"none"}
        first = {one.name: one for one in reversed(parsed) if one.name in wanted}
        assert find_in_tree(tree_of(lines), 2 * size, wanted) == first


@pytest.mark.parametrize("more", [b"100644", b"100644 x", b"9 x\0" + b"i" * 20, b"\0"])
def test_what_is_no_tree_is_not_read_as_one(more: bytes) -> None:
    good = tree_of([(b"100644", b"n%d" % n, b"i" * 20) for n in range(200)])
    assert set(find_in_tree(good, 40, (b"n7",))) == {b"n7"}
    with pytest.raises(ValueError, match=r"not found|invalid literal"):
        parse_tree(good + more, 40)
    with pytest.raises(ValueError, match=r"not found|invalid literal"):
        find_in_tree(good + more, 40, (b"n7",))
