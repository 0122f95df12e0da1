"""Words of the trade that mean the same."""

import re
from pathlib import Path

import pytest

from git_naturecode.store import glossary, index_file, index_rows
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_search import search


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("caches", '"缓存"'), ("缓存", '"cache"'), ("用缓存加速", '"speed up"'),
        ("rate limits", '"限流"'),
        ("限流", '"rate limiting"'), ("log in", '"登录"'), ("我的订单", '"order"'),
        ("Voucher", '"coupon"'),
        ("退款失败", '"refund"'), ("the retrying", '"重试"'), ("分库分表", '"shard"'),
    ],
)  # fmt: skip
def test_what_means_the_same(text: str, wanted: str) -> None:
    assert wanted.strip('"') in " ".join(glossary.alike(text))


@pytest.mark.parametrize("text", ["", "porcupine", "of the", "锁", "???", "\ud800"])
def test_what_nothing_means_the_same_as(text: str) -> None:
    assert glossary.alike(text) == []


def test_a_longer_term_is_not_taken_apart() -> None:
    assert not any("库存" in one or "stock" in one for one in glossary.alike("dead letter"))
    assert any("死信" in one for one in glossary.alike("dead letter"))
    assert '"login"' in glossary.alike("log in")
    assert '"日志"' not in glossary.alike("log in")


def test_each_line_can_be_read() -> None:
    path = Path(str(glossary.__file__)).with_name("glossary.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    groups = [line for line in lines if not line.startswith("#")]
    assert len(set(groups)) == len(groups)
    for line in groups:
        left, arrow, right = line.partition(">")
        terms = [term.strip() for side in (left, right) for term in side.split(",") if side]
        assert len(set(terms)) == len(terms) > 1, line
        assert not arrow or (left.strip() and right.strip() and ">" not in right), line
        for term in terms:
            assert term, line
            assert term == term.lower(), line
            assert "，" not in term, line
            assert not term.isascii() or re.fullmatch(r"[a-z0-9]+( [a-z0-9]+){0,4}", term), line


def test_some_lines_lead_one_way_only() -> None:
    assert '("限流")' in glossary.alike("HTTP 429 again")
    assert not any("429" in one for one in glossary.alike("限流"))


def test_a_search_in_a_wider_sense() -> None:
    db = index_file.in_memory()
    db.execute("begin")
    for name, title, tags, text in (
        ("a", "Warm the cache", "speed", "first"), ("b", "用缓存加速", "speed", "第一"),
        ("c", "Threads", "speed", "many"), ("d", "Porcupines", "animals", "few"),
    ):  # fmt: skip
        said = [(TITLE, title), (NAMED, tags), (WHOLE, text)]
        index_rows.put(db, "k", name, Described({"id": name}, "", said), texts=True)
    db.execute("commit")

    def found(query: str, *, wide: bool = True) -> list[tuple[str, bool]]:
        hits = search(db, ["k"], query, 5, grouped=True, wide=wide)
        return [(hit.row["id"], hit.related) for hit in hits]

    assert found("cache", wide=False) == [("a", False)]
    assert found("cache") == [("a", False), ("b", False), ("c", True)]
    assert dict(found("缓存")) == {"a": False, "b": False, "c": True}
    assert found('"cache"') == [("a", False)]
    assert found("cache -first") == [("b", False), ("c", True)]
    assert found("elephant") == []
