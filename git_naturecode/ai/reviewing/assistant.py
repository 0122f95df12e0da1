"""The review assistant: a model is shown a change piece by piece, and what it says is doubted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from git_naturecode.ai.budget import Spent, estimate
from git_naturecode.ai.providers.protocol import (
    USUAL,
    Answer,
    Limits,
    Message,
    Provider,
    ProviderFailed,
)
from git_naturecode.ai.reviewing import answers, hidden, neutral, prompts, schema
from git_naturecode.ai.reviewing.answers import Said
from git_naturecode.ai.reviewing.pieces import SIZE, Clean, Cut, Piece, cut
from git_naturecode.ai.settings import Price
from git_naturecode.domain.findings.hit import Change, Hit, Seen
from git_naturecode.domain.findings.model import is_asked

LEAST = 0.5
"""How sure the second look has to be of a remark that is kept."""
_CUT = "what it answered was longer than it may be"


class Estimate(NamedTuple):
    """What asking would take at most: pieces, questions, what they cost; files that nobody would be
    shown, and why."""

    pieces: int
    questions: int
    spent: Spent
    skipped: Mapping[str, str]


class Told(NamedTuple):
    """What was said of a whole change: a summary, what the model would do, how sure it is."""

    summary: str = ""
    assessment: str = ""
    confidence: float | None = None


@dataclass
class Assistant:
    """An analyser that asks a model.

    `clean` takes secrets out of lines before they are sent, `guide` is what the team wants to be
    looked at, `random` makes the fences. With `doubts` the model looks at each remark a second
    time. `hear` is told how far it is. After `look`, `told`, `dropped` (remarks on no line that was
    shown), `doubted` (remarks that the second look did not stand up to), `repaired` and the tokens
    (None: not counted) say how it went, and `failure` why it ended early.
    """

    provider: Provider
    clean: Clean
    random: Callable[[int], bytes]
    guide: str = ""
    limits: Limits = USUAL
    doubts: bool = True
    size: int = SIZE
    label: str = ""
    hear: Callable[[str], None] = lambda _: None
    told: Told = field(default=Told(), init=False)
    dropped: int = field(default=0, init=False)
    doubted: int = field(default=0, init=False)
    repaired: int = field(default=0, init=False)
    tokens: tuple[int, int] | None = field(default=None, init=False)
    failure: ProviderFailed | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """The source of what it finds: `openai:deepseek-chat`."""
        said = self.label or ":".join(filter(None, (self.provider.name, self.provider.model)))
        return said.replace(" ", "-")

    def estimate(self, change: Change, price: Price | None) -> Estimate:
        """What `look` would take at most, without repairs; nobody is asked."""
        made = cut(change, self.clean, self.size)
        spent = Spent()
        for piece in made.pieces:
            words = prompts.marks(self.random)
            asked = prompts.review(change, piece.text, self.guide, words)
            spent = spent.plus(estimate(asked, self.limits, price))
            if self.doubts:
                asked = prompts.doubt(piece.text, (), words)
                spent = spent.plus(estimate(asked, self.limits, price))
        return Estimate(
            len(made.pieces), len(made.pieces) * (2 if self.doubts else 1), spent, made.skipped
        )

    def look(self, change: Change) -> Seen:
        """See Analyser. The first piece of which nothing can be known ends it: inconclusive."""
        made = cut(change, self.clean, self.size)
        skipped = dict(made.skipped)
        hits = [
            hit for file in change.files if file.path not in skipped
            for hit in hidden.hits(file, self.name)
        ]  # fmt: skip
        covered: set[tuple[str, int]] = set()
        said: list[Said] = []
        failed = ""
        for number, piece in enumerate(made.pieces, 1):
            if len(made.pieces) > 1:
                self.hear(f"{self.name}: piece {number} of {len(made.pieces)}")
            try:
                one = self.ask(change, piece)
                kept = self.doubt(piece, one.hits)
            except ProviderFailed as error:
                failed, self.failure = error.message, error
                break
            covered |= piece.hunks
            said.append(one)
            hits += kept
            self.dropped += one.dropped
            self.doubted += len(one.hits) - len(kept)
        self.told = _together(said)
        if failed:
            skipped |= _unseen(made, covered, failed)
            covered = {one for one in covered if one[0] not in skipped}
        asked = [one for one in hits if not change.aspects or is_asked(one.aspect, change.aspects)]
        return Seen(
            tuple(asked), frozenset(covered), skipped, failed or None, (self.name,)
        )  # fmt: skip

    def ask(self, change: Change, piece: Piece) -> Said:
        """The answer to one question, repaired once where it is not what was asked for; raises
        ProviderFailed."""
        words = prompts.marks(self.random)
        messages = prompts.review(change, piece.text, self.guide, words)
        answer = self.complete(messages, schema.REVIEW, words)
        try:
            return self.cleaned(answers.read(self.whole(answer), piece, self.name))
        except schema.Wrong as wrong:
            self.repaired += 1
            is_cut = answer.finish == "length"
            before = self.without_secrets(answer.text)
            again = prompts.repair(messages, before, wrong.faults, cut=is_cut)
        answer = self.complete(again, schema.REVIEW, words)
        try:
            return self.cleaned(answers.read(self.whole(answer), piece, self.name))
        except schema.Wrong as wrong:
            raise ProviderFailed(
                f"{self.name} did not answer as it was asked to, twice: "
                + neutral.line(wrong.faults[0], 200)
            ) from None

    def doubt(self, piece: Piece, hits: Sequence[Hit]) -> list[Hit]:
        """Those of `hits` that a second look leaves standing; all where that look says nothing that
        can be used. Raises ProviderFailed."""
        if not hits or not self.doubts:
            return list(hits)
        words = prompts.marks(self.random)
        messages = prompts.doubt(piece.text, hits, words)
        answer = self.complete(messages, schema.DOUBT, words)
        try:
            out = set(answers.weak(self.whole(answer), len(hits), LEAST))
        except schema.Wrong:
            return list(hits)
        return [hit for number, hit in enumerate(hits) if number not in out]

    def complete(
        self, messages: Sequence[Message], form: Mapping[str, Any], words: prompts.Marks
    ) -> Answer:
        """Ask once; raises ProviderFailed, also for an answer that says what nobody may say."""
        answer = self.provider.complete(messages, schema=form, limits=self.limits)
        if answer.tokens_in is not None and answer.tokens_out is not None:
            before = self.tokens or (0, 0)
            self.tokens = before[0] + answer.tokens_in, before[1] + answer.tokens_out
        if answer.finish == "refused":
            raise ProviderFailed(f"{self.name} refused to answer", kind="refused")
        if words.mark in answer.text or words.mark.removeprefix("mark-") in answer.text:
            raise ProviderFailed(
                f"{self.name} told what it was told to keep: something in the change steers it",
                kind="refused",
            )
        return answer

    def cleaned(self, said: Said) -> Said:
        """`said` without what looks like a secret, though the model must have made it up."""
        hits = [one._replace(message=self.without_secrets(one.message)) for one in said.hits]
        return said._replace(hits=tuple(hits), summary=self.without_secrets(said.summary))

    def without_secrets(self, text: str) -> str:
        """`text` without what is a secret."""
        return "\n".join(self.clean(text.split("\n")))

    def whole(self, answer: Answer) -> str:
        """The text of an answer; raises Wrong for one that was cut."""
        if answer.finish == "length":
            raise schema.Wrong(_CUT)
        return answer.text


def _together(said: Sequence[Said]) -> Told:
    """What was said of all pieces: the worst that it would do, the least that it is sure of."""
    if not said:
        return Told()
    order = ("approve", "comment", "requestChanges")
    assessment = max((one.assessment for one in said), key=order.index)
    summary = "\n\n".join(dict.fromkeys(one.summary for one in said if one.summary))
    return Told(neutral.neutral(summary), assessment, min(one.confidence for one in said))


def _unseen(made: Cut, covered: set[tuple[str, int]], why: str) -> dict[str, str]:
    """The files of which not every hunk was seen."""
    every = {one for piece in made.pieces for one in piece.hunks}
    return dict.fromkeys(sorted({path for path, _ in every - covered}), f"not seen: {why}")
