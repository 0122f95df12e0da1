"""What the steps do with the knowledge base, and what every clone has to show of it in the end.

Nobody takes words out of an article: who edits it adds to what is shown to him. So a word is
visible where it stands in a head, and every head that was made of the revision that brought it
has it still.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from random import Random
from typing import Any

from . import texts
from .ledger import Said
from .plan import Step
from .record import TOKEN, State
from .world import Place, World

FOLDERS = {"article": "articles", "snippet": "snippets", "practice": "practices", "faq": "faqs"}
_MOST_SHOWN = 25


def add(world: World, place: Place, step: Step) -> None:
    """Write an article."""
    title = f"{step.token} {' '.join(Random(step.pick).choices(texts.WORDS, k=3))}"
    argv = ["kb", "add", "--type", sorted(FOLDERS)[step.pick % 4], "--title", title]
    done = world.program(step, place, [*argv, "--file", "-", "--json"], _words(step) + "\n")
    if done.code == 0:
        world.ledger.articles[done.json["id"]] = {place.number}
        _acknowledge(world, place, step)


def edit(world: World, place: Place, step: Step) -> None:
    """Add a paragraph by command: in the middle, or at an end."""
    article, shown = _opened(world, place, step)
    if not shown:
        return
    paragraphs = str(shown["content"]).rstrip("\n").split("\n\n")
    paragraphs.insert(step.more % (len(paragraphs) + 1), _words(step))
    text = "\n\n".join(paragraphs) + "\n"
    done = world.program(step, place, ["kb", "edit", article, "--file", "-", "--json"], text)
    if done.code in (0, 3):  # 3: written, and somebody has to decide between texts
        _acknowledge(world, place, step)


def page(world: World, place: Place, step: Step) -> None:
    """Edit the file of an article in the folder, as an editor saves it; sometimes delete it."""
    article, shown = _opened(world, place, step)
    if not shown:
        return
    folder = place.path / ".naturecode/kb" / FOLDERS[shown["type"]]
    file = folder / f"{shown['slug']}.md"
    if not file.exists():
        world.program(step, place, ["folder", "--json"])
    with suppress(OSError):  # it went meanwhile, or the disk is full
        if step.more % 6 == 0:
            file.unlink()
        else:
            new = folder / f".{step.token}.swp"
            new.write_bytes(file.read_bytes() + f"\n{_words(step)}\n".encode())
            os.replace(new, file)
    world.program(step, place, ["kb", "list", "--json"])
    after = world.program(step, place, ["kb", "show", article, "--json"])
    if after.code == 0 and step.token in str(after.json["content"]):
        _acknowledge(world, place, step)


def change(world: World, place: Place, step: Step) -> None:
    """Rename, tag or vote; rarely delete, or bring back."""
    article = _chosen(world, place, step)
    if article:
        argv = [
            ["rename", article, f"{step.token}-slug"], ["tag", article, "--add", step.token],
            ["vote", article, "--helpful"], ["history", article], ["rename", article, "one-slug"],
            ["rm", article] if step.more % 7 == 0 else ["search", step.token],
            ["restore", article] if step.more % 5 == 0 else ["links", article],
        ]  # fmt: skip
        world.program(step, place, ["kb", *argv[step.pick % len(argv)], "--json"])


def _opened(world: World, place: Place, step: Step) -> tuple[str, dict[str, Any]]:
    """An article and what is shown of it; where there is none, one is written."""
    article = _chosen(world, place, step)
    if not article:
        add(world, place, step)
        return "", {}
    shown = world.program(step, place, ["kb", "show", article, "--json"])
    if shown.code:
        return article, {}
    world.ledger.articles[article].add(place.number)
    return article, dict(shown.json)


def _chosen(world: World, place: Place, step: Step) -> str:
    """Rather one that the clone has met, and a young one, so that several people meet in one."""
    articles = dict(world.ledger.articles)
    met = [one for one, clones in articles.items() if place.number in clones]
    every = (met if step.pick % 4 else list(articles))[-4 if step.pick % 3 else 0 :]
    return every[(step.pick // 15) % len(every)] if every else ""


def _words(step: Step) -> str:
    chance = Random(step.more)
    return f"{step.token} " + " ".join(chance.choices(texts.WORDS, k=chance.randint(1, 12)))


def _acknowledge(world: World, place: Place, step: Step) -> None:
    said = Said(step.token, "article", "", "", place.number, "", "team", {place.number})
    world.ledger.acknowledge(said)
    world.count("revisions")


# -- judged ----------------------------------------------------------------------------------------


def judge(world: World, team: State) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with what the clones show: they differ, or hide what has to be seen."""
    graphs = _graphs(team)
    there = [one for one in list(world.ledger.articles) if one in graphs][-_MOST_SHOWN:]
    for number, article in enumerate(there):
        two = (world.clones[(number + more) % len(world.clones)] for more in (0, 1))
        shown = [world.program(0, place, ["kb", "show", article, "--json"]) for place in two]
        told = {one.json["content"] if one.code == 0 else f"exit {one.code}" for one in shown}
        if len(told) > 1:
            yield f"{article} differs between clones", sorted(told)
        missing = _visible(graphs[article]) - set(TOKEN.findall(told.pop()))
        if missing:
            yield f"said in {article} and not shown", sorted(missing)


Graph = Mapping[str, tuple[tuple[str, ...], frozenset[str]]]
"""Each revision of an article: its parents, the words of our plan in it (None: it is a delete)."""


def _graphs(team: State) -> dict[str, Graph]:
    found: dict[str, dict[str, tuple[tuple[str, ...], frozenset[str]]]] = {}
    deleted = set[str]()
    for _, entity, block in team.blocks():
        if not entity.startswith("kb-"):
            continue
        if block.header["kind"] == "delete":
            deleted.add(entity)
        if block.header["kind"] == "revision":
            parents = tuple(map(str, block.header["parents"]))
            found.setdefault(entity, {})[block.id] = (parents, block.tokens)
    return {entity: graph for entity, graph in found.items() if entity not in deleted}


def _visible(graph: Graph) -> set[str]:
    """The words that no revision made of theirs has left out."""
    children = {parent for parents, _ in graph.values() for parent in parents}
    made_of = {head: _ancestors(graph, head) for head in graph.keys() - children}
    found = set[str]()
    for name, (parents, words) in graph.items():
        new = words - frozenset[str]().union(*(graph[p][1] for p in parents if p in graph))
        heads = [head for head, before in made_of.items() if name in before]
        found |= {word for word in new if all(word in graph[head][1] for head in heads)}
    return found


def _ancestors(graph: Graph, head: str) -> set[str]:
    found, left = set[str](), [head]
    while left:
        name = left.pop()
        if name not in found and name in graph:
            found.add(name)
            left += graph[name][0]
    return found


ACTIONS = {"kb-add": add, "kb-edit": edit, "kb-page": page, "kb-change": change}
