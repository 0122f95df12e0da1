"""A random history of messages and hands over several commits, against who truly wrote each line.

Every line has a text of its own, and a ledger beside the file says who wrote it; blame has to say
the same at the end, through commits, amended ones, a moved file and edits by hand in between.
"""

import random

import pytest

from box import Box
from transcript_work import Work

HAND = "by hand"


class Ledger:
    """A file and, line by line, its true author."""

    def __init__(self, work: Work, seed: int) -> None:
        self.work, self.rng = work, random.Random(seed)
        self.name, self.number = "a.py", 0
        self.lines: list[tuple[str, str]] = []
        self.by_hand(12)

    def fresh(self, count: int) -> list[str]:
        self.number += count
        return [f"line {self.number - n} of the file" for n in range(count)]

    def by_hand(self, count: int) -> None:
        at = self.rng.randint(0, len(self.lines))
        self.lines[at : at + self.rng.randint(0, 2)] = [(one, HAND) for one in self.fresh(count)]
        self.write()

    def write(self) -> None:
        text = "".join(f"{one}\n" for one, _ in self.lines)
        (self.work.clone.path / self.name).write_text(text)

    def by_message(self) -> None:
        at = self.rng.randint(0, len(self.lines) - 1)
        end = min(len(self.lines), at + self.rng.randint(1, 3))
        old = [one for one, _ in self.lines[at:end]]
        kept = old[:1] if self.rng.random() < 0.5 else []
        new = [*kept, *self.fresh(self.rng.randint(1, 4))]
        message = self.work.edit(self.name, "\n".join(old) + "\n", "\n".join(new) + "\n")
        before = dict(self.lines)
        self.lines[at:end] = [(one, before[one] if one in kept else message) for one in new]


@pytest.mark.parametrize("seed", range(4))
def test_blame_says_who_truly_wrote_each_line(box: Box, seed: int) -> None:
    clone = box.ready()
    work = Work(clone)
    ledger = Ledger(work, seed)
    work.commit()
    for _ in range(4):
        for _ in range(ledger.rng.randint(1, 3)):
            ledger.by_message()
            if ledger.rng.random() < 0.4:
                ledger.by_hand(1)
        work.commit()
        step = ledger.rng.random()
        if step < 0.3:
            ledger.by_message()
            work.commit("--amend", "--no-edit")
        elif step < 0.5:
            clone.git("mv", ledger.name, ledger.name + "x")
            ledger.name += "x"
            work.commit()
    clone.nc("session", "attach", work.imported(), *clone.git("rev-list", "HEAD").split())
    items = clone.nc("blame", ledger.name, "--json").json["items"]
    assert [one["text"] for one in items] == [one for one, _ in ledger.lines]
    found = [(one["message"] or {}).get("messageId", HAND) for one in items]
    assert found == [author for _, author in ledger.lines]
    assert sum(author != HAND for author in found) > 5
