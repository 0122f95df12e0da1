"""Proposals for people and for programs, and the question what is to become of one."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from git_naturecode.ai.knowledge.proposal import Source
from git_naturecode.cli.answers import count
from git_naturecode.cli.context import Context
from git_naturecode.cli.kb_extract_kept import Offer
from git_naturecode.cli.output import columns, paint
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from git_naturecode.git.changes import FileChange
    from git_naturecode.store.entry import Json

_INDENT = "    "
_AROUND = 2  # lines around what an edit changes
_ANSWERS = {"y": "y", "yes": "y", "n": "n", "no": "n", "e": "e", "edit": "e", "q": "q", "quit": "q"}


class Told:
    """How offers are shown; `source` proposes `every` things, `new` of which are offered."""

    def __init__(self, context: Context, source: str, every: int, new: int) -> None:
        self.context, self.source, self.every, self.new = context, source, every, new
        self.paint = paint(context)

    def may_ask(self) -> bool:
        """True when there is a person at a terminal."""
        return sys.stdin.isatty() and self.context.err.isatty()

    def text(self, offers: Sequence[Offer]) -> str:
        """All offers, one below the other."""
        return "\n\n".join(self.one(one) for one in offers)

    def one(self, offer: Offer) -> str:
        """One offer: what it would be, why it is offered, its text or what it changes."""
        one = offer.proposal
        head = self.paint.bold(f"{offer.number}. {line(one.title)}")
        what = one.kind if one.kind == one.type else f"{one.kind} ({one.type})"
        why = f"{line(one.why)}; sure {one.confidence:.2f}" if one.why else ""
        rows = [
            head,
            self.paint.dim(
                " · ".join(
                    filter(None, (what, why, ", ".join(line(t) for t in one.tags if t != one.kind)))
                )
            ),
        ]
        if offer.edits:
            rows.append(f"as an edit of {line(offer.slug)}:")
            body = self._changes(offer)
        else:
            body = show(offer.text.rstrip("\n"))
        rows += ["", *(f"{_INDENT}{row}".rstrip() for row in body.split("\n"))]
        return "\n".join(rows)

    def _changes(self, offer: Offer) -> str:
        from git_naturecode.render.diff import Look, file_text

        look = Look(self.paint, max(20, columns(self.context) - len(_INDENT)))
        return "\n".join(file_text(self._compared(offer), look))

    def _compared(self, offer: Offer) -> "FileChange":
        from git_naturecode.git.two_texts import compared

        repo = self.context.repo
        return compared(repo, offer.before, offer.text, offer.slug, _AROUND)

    def answer(self, place: str) -> str:
        """y, n, e or q, as the person at the terminal says of the offer that is at `place`."""
        for _ in range(5):
            try:
                said = typer.prompt(
                    f"{place}: keep it? [y]es, [n]o, [e]dit, [q]uit",
                    default="n",
                    show_default=False,
                    err=True,
                )
            except typer.Abort:
                self.context.err.write("\n")
                return "q"
            if answer := _ANSWERS.get(str(said).strip().lower()):
                return answer
            self.context.tell(
                "y keeps it, n (or Enter) does not, e opens it in your editor, q stops"
            )
        return "q"

    def stopped(self, left: int) -> None:
        """Say how many were not decided when the person stopped, and how he comes back to them."""
        again = "it" if left == 1 else "them"
        self.context.tell(
            f"{count(left, 'proposal')} not decided: the same command asks about {again} again"
        )

    def saved(self, offer: Offer) -> str:
        """What is said of one that was kept."""
        done = "changed" if offer.edits else "added"
        return f"{done} {line(offer.slug)}: git naturecode kb show {line(offer.slug)}"

    def conclude(self, offers: Sequence[Offer], *, keeps: bool) -> None:
        """Say what came of it in all."""
        tell = self.context.tell
        known = self.every - self.new
        if not self.every:
            tell("nothing in it is worth an article")
        elif not offers:
            tell(f"nothing new: {count(self.every, 'proposal')}, all in the knowledge base "
                 "already or left out")  # fmt: skip
        elif not keeps and not self.may_ask():
            tell("nothing was kept; --save keeps all, --pick 1,3 some of them")
        elif not keeps and not any(one.saved for one in offers):
            tell("nothing was kept")
        if known and offers:
            tell(f"{count(known, 'proposal')} left out: known already, or of another type")

    def json(self, offers: Sequence[Offer], told: Sequence[str]) -> "dict[str, Json]":
        """The same for programs."""
        return {
            "source": self.source, "proposed": self.every,
            "items": [self._json(one) for one in offers], "notes": list(told),
        }  # fmt: skip

    def _json(self, offer: Offer) -> "dict[str, Json]":
        one = offer.proposal
        return {
            "number": offer.number, "kind": one.kind, "type": one.type, "title": one.title,
            "content": offer.text, "tags": list(one.tags), "files": list(one.files),
            "confidence": one.confidence, "why": one.why, "origin": dict(one.origin),
            "sources": [_source(each) for each in one.sources],
            "near": [
                {"id": each.id, "title": each.title, "score": each.score} for each in one.near
            ],
            "edits": offer.edits or None, "saved": offer.saved or None,
        }  # fmt: skip


def _source(one: Source) -> "dict[str, Json]":
    if one.session:
        return {"sessionId": one.session, "messageId": one.message, "number": one.number}
    return {"path": one.path, "lines": one.lines or None}
