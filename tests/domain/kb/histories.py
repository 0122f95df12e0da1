"""Random histories of one article over four clones that edit, meet, delete, settle; and a judge.

Every sentence that is written has a word of its own, so that it can be looked for. The judge knows
the revisions and their parents, and nothing of how texts are merged.
"""

import random
import re
from collections.abc import Iterable, Mapping

from git_naturecode.domain.kb.merge import Node, View, view

CLONES = ("ann", "bob", "cyd", "dan")
MARK = "###### ⚠ "
_WORDS = re.compile(r"w\d+w")
_FILL = ("cache", "retry", "store", "queue", "timeout", "token", "branch", "commit", "review")


class History:
    """What happened so far: every revision, and which of them each clone has."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.nodes: dict[str, Node] = {}
        self.clones: dict[str, set[str]] = {name: set() for name in CLONES}
        self.words = 0
        self.write("ann", [], "# " + self.sentence() + "\n\n" + self.text(4))
        for known in self.clones.values():
            known |= set(self.nodes)

    def run(self, events: int) -> None:
        """`events` random events; then all clones meet."""
        for _ in range(events):
            self.event(self.random.choice(CLONES))
        everything = set(self.nodes)
        for name in CLONES:
            self.clones[name] = set(everything)

    def event(self, who: str) -> None:
        """Something that `who` does."""
        chance = self.random.random()
        seen = self.view(who)
        if chance < 0.35:
            self.clones[who] |= self.clones[self.random.choice(CLONES)]
        elif chance < 0.38 and not seen.deleted:
            self.write(who, seen.heads, None, deleted=True)
        elif chance < 0.41 and not seen.deleted:
            self.hide(self.random.choice(sorted(self.clones[who])))
        elif seen.deleted:
            self.write(who, seen.heads, self.text(2))
        else:
            text = seen.text
            for _ in range(self.random.randint(1, 3)):
                text = self.edited(text)
            if MARK in text and self.random.random() < 0.6:
                text = self.settled(text)
            self.write(who, seen.heads, text)

    def view(self, who: str) -> View:
        """What `who` sees."""
        return view({name: self.nodes[name] for name in self.clones[who]})

    def write(
        self, who: str, parents: Iterable[str], text: str | None, *, deleted: bool = False
    ) -> None:
        """A new revision, in `who`'s clone."""
        number = len(self.nodes)
        late = number + self.random.choice((0, 0, 0, 40, -3))  # clocks that are wrong
        name = f"r{self.random.randrange(10**6):06}{number:04}"
        time = f"2026-11-{1 + max(late, 0) // 1440:02}T{max(late, 0) // 60 % 24:02}:00:00.000Z"
        order = (f"{max(late, 0):06}", name, "")
        self.nodes[name] = Node(name, tuple(parents), text, deleted, who, time, order)
        self.clones[who].add(name)

    def hide(self, name: str) -> None:
        """The text of a revision is redacted, for everybody at once."""
        if len(self.nodes[name].parents) == 1:
            self.nodes[name] = self.nodes[name]._replace(text=None)

    # -- what people write ----------------------------------------------------------------------

    def sentence(self) -> str:
        """A sentence that nobody wrote before."""
        self.words += 1
        words = self.random.choices(_FILL, k=self.random.randint(3, 8))
        words.insert(self.random.randint(0, len(words)), f"w{self.words}w")
        return " ".join(words) + "."

    def text(self, paragraphs: int) -> str:
        """A few paragraphs, lists and pieces of code."""
        return "\n\n".join(self.block() for _ in range(paragraphs)) + "\n"

    def block(self) -> str:
        """A paragraph, a list, a table or a piece of code."""
        lines = [self.sentence() for _ in range(self.random.randint(1, 4))]
        kind = self.random.random()
        if kind < 0.6:
            return "\n".join(lines)
        if kind < 0.8:
            return "\n".join("- " + line for line in lines)
        if kind < 0.9:
            return "\n".join(["| a |", "|---|", *(f"| {line} |" for line in lines)])
        return "\n".join(["```", *lines, "```"])

    def edited(self, text: str) -> str:
        """`text` after one edit, as people make them."""
        lines = text.split("\n")
        at = self.random.randrange(len(lines))
        if lines[at].startswith(MARK):
            return text
        what = self.random.random()
        if what < 0.25:
            lines[at] = self.sentence()
        elif what < 0.5:
            lines.insert(at, self.sentence())
        elif what < 0.65:
            lines[at:at] = ["", self.block(), ""]
        elif what < 0.75:
            del lines[at]
        elif what < 0.95:
            words = lines[at].split(" ")
            place = self.random.randrange(len(words))
            self.words += 1
            words[place : place + 1] = [words[place], f"w{self.words}w"]
            lines[at] = " ".join(words)
        else:
            piece = lines[at : at + 4]
            del lines[at : at + 4]
            to = self.random.randint(0, len(lines))
            lines[to:to] = piece
        return "\n".join(lines)

    def settled(self, text: str) -> str:
        """`text` without the marks: of each place one text, or all of them."""
        chosen = self.random.choice(("1", "2", "all"))
        kept: list[str] = []
        now = "all"
        for line in text.split("\n"):
            if line.startswith(MARK):
                number = line.removeprefix(MARK).split(" ")[0]
                now = "all" if number == "end" else number
            elif now in ("all", chosen) or chosen == "all":
                kept.append(line)
        return "\n".join(kept)


# -- the judge ----------------------------------------------------------------------------------


def faults(history: History) -> list[str]:
    """What is wrong with what the clones see now that all have met."""
    views = {who: history.view(who) for who in CLONES}
    first = views[CLONES[0]]
    found = [f"{who} sees something else" for who in CLONES if views[who] != first]
    nodes = dict(history.nodes)
    for seed in range(3):
        names = list(nodes)
        random.Random(seed).shuffle(names)
        if view({name: nodes[name] for name in names}) != first:
            found.append("the order in which revisions arrive changes the view")
    visible = set(_WORDS.findall(first.text))
    heads = _heads(nodes)
    said = {name: set(_WORDS.findall(nodes[name].text or "")) for name in heads}
    for word in sorted(set().union(*said.values())):
        having = {name for name, one in nodes.items() if word in _WORDS.findall(one.text or "")}
        is_out = any(having & _seen(nodes, one) for one in heads if word not in said[one])
        if not is_out and word not in visible:
            found.append(f"{word} was lost")
    found += [f"{word} came back" for word in visible - set().union(*said.values())]
    if len(heads) == 1 and first.text != nodes[heads[0]].text:
        found.append("one head is not its text")
    return found


def _seen(nodes: Mapping[str, Node], name: str) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        for parent in nodes[waiting.pop()].parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _heads(nodes: Mapping[str, Node]) -> list[str]:
    """The revisions with a text that count: no other has seen them; hidden ones are passed over."""
    waiting = [n for n in nodes if not any(n in one.parents for one in nodes.values())]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if nodes[name].text is None and not nodes[name].deleted:
            waiting += nodes[name].parents
        else:
            found.add(name)
    top = {n for n in found if not any(n in _seen(nodes, o) for o in found if o != n)}
    return sorted(n for n in top if not nodes[n].deleted)
