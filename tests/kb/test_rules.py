"""What is made of the same entries stays the same, unless every clone is told to make it anew."""

import hashlib
from itertools import combinations
from pathlib import Path

from domain.kb.revised import merged
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.edited import RENDERER
from git_naturecode.kb import beside
from git_naturecode.render import kb_view
from git_naturecode.store import format
from git_naturecode.store.store import TEAM, Placed

VECTORS = Path(__file__).parents[1] / "store" / "vectors"
BASE = """# Cache

The cache expires after ten minutes.
Nobody knows why.

- one
- two

| k | v |
|---|---|
| a | 1 |

```sh
run --fast
```

The end.

"""
EDITS = (
    ("ten", "two"), ("ten minutes", "an hour"), ("The cache expires after ten", "It lives for ten"),
    ("why.", "why.\nAsk Ada."), ("why.", "why.\nBob may know."), ("why.", "why, not even Bob."),
    ("- two", "- two\n- three"), ("- two", "- two\n- four"), ("- two", "- 2"), ("- two\n", ""),
    ("| a | 1 |", "| a | 1 |\n| b | 2 |"), ("| a | 1 |", "| a | 1 |\n| c | 3 |"), ("| 1", "| 7"),
    ("--fast", "--slow"), ("--fast", "--fast\nstop"), ("```sh", "```"), ("run --fast\n```\n", ""),
    ("The end.", "The end.\n\nMore of one."), ("The end.", "The end.\n\nAnother thing."),
    ("The end.", "The end.\nOne line"), ("The end.", "The end.\nYet one"), ("The end.\n", ""),
    ("end.\n\n", "end.\n\nPools have limits.\n"), ("end.\n\n", "end.\n\nBe short.\n"),
    (BASE, ""), (BASE, "All new.\n"),
    ("Nobody", "###### ⚠ end · keep one text or join them, then delete the lines with ⚠ "
     "(nc:0a1b2c3d)\nNobody"), ("Nobody", "Somebody\n\nNobody"),
)  # fmt: skip
MADE = (2, 1, "f92509c0dd41ca98b83dc41389ddb6d3c8cea6ccbba35d7220d1694205fa842c")


def test_a_changed_rule_has_a_number_of_its_own() -> None:
    """Where this fails though the change is wanted, see `beside.RULES` and docs/design/kb-files.md
    (When the rules change), and then put the new numbers and the new hash here."""
    texts = [BASE.replace(*one, 1) for one in EDITS]
    several = [*combinations(texts, 2), *combinations(texts[::3], 3)]
    views = [merged(BASE, *some) for some in several]
    segment = format.parse((VECTORS / "article.segment").read_bytes())
    placed = [Placed(one, segment.entity, segment.device, TEAM) for one in segment.entries]
    article = build(placed)
    files = [kb_view.text(article), kb_view.moved(article, "kb/articles/new.md")]
    whole = b"\0".join([*(view.encode() for view in views), *files])
    found = hashlib.sha256(whole).hexdigest()
    assert (beside.RULES, RENDERER, found) == MADE
