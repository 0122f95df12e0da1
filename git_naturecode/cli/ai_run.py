"""Running an analysis of a review: who looks, at what, and what of it is kept."""

import time
from typing import TYPE_CHECKING

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.render.show import line
from git_naturecode.store.store import PRIVATE, TEAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_naturecode.ai.providers.protocol import Provider
    from git_naturecode.ai.reviewing.assistant import Assistant, Estimate
    from git_naturecode.ai.reviewing.run import Outcome, Places
    from git_naturecode.ai.settings import Settings
    from git_naturecode.cli.model import Asked
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.findings.hit import Analyser, Change
    from git_naturecode.domain.review.model import Revision
    from git_naturecode.git.changes import FileChange

BUILTIN = "builtin"
GUIDE = ".naturecode/review-prompt.md"
"""Where the base branch says what a model is to look at besides."""
MOST_GUIDE = 64 * 1024
_EVERY = 10  # files between two words of progress


class _Followed:
    """The files of a change, with a word on a terminal of how far whoever goes through them is."""

    def __init__(self, files: "Iterable[FileChange]", context: contexts.Context) -> None:
        self.files, self.context = files, context

    def __iter__(self) -> "Iterator[FileChange]":
        for number, file in enumerate(self.files, 1):
            if number % _EVERY == 0:
                self.context.progress(f"file {number}: {line(file.path)[:60]}")
            yield file


class Run:
    """One run: what is looked at, and by whom."""

    def __init__(
        self, context: contexts.Context, here: "Opened", aspects: tuple[str, ...],
        names: list[str], model: str | None,
    ) -> None:  # fmt: skip
        self.context, self.here, self.aspects = context, here, aspects
        self.names, self.model = names, model
        self.asked: list[tuple[Asked, Assistant]] = []
        self.about: Revision | None = None

    def permit(self) -> None:
        """Raise NotPermitted, before anybody is asked, where the team lets nothing be kept."""
        from git_naturecode.store.entry import Draft

        self.here.permit(Draft("finding"), Draft("analysis"))

    def change(self, *, save: bool) -> "Change":
        """The change as it stands here, which is written down first where it is new."""
        from git_naturecode.ai.reviewing import changed
        from git_naturecode.git import commits

        here, store = self.here, self.here.store
        try:
            about = here.revision(silently=not save)
        except errors.NotPermitted:  # a bot may say what it found, and write no revision
            about = here.revision(silently=True)
        self.about = about
        if about is None:
            raise errors.Negative(f"{here.review.id} has no revision to look at")
        ends = [one for one in (about.head, about.base) if one]
        if not commits.are_here(store.repo, store.team.objects, ends):
            raise errors.Negative(
                f"the commits of {here.review.id} are not in this clone",
                "git fetch; if that brings nothing, ask its author to push "
                + line(here.review.target.name[:80]),
            )
        top = store.repo.work_tree or store.repo.common_dir
        who, name = here.review.name or here.review.owner, top.rstrip("/").split("/")[-1]
        told = [" ".join(text.split()) for text in (here.review.title, who, name)]
        title, author, name = self.clean(told)
        words = changed.About(title, author, name, self.aspects)
        made = changed.change(store.repo, store.team.objects, about.base, about.head, words)
        return made._replace(files=_Followed(made.files, self.context))

    @property
    def entity(self) -> str:
        """What is counted together of all that models are asked."""
        return self.here.review.id

    def analysers(self) -> "list[Analyser]":
        """Those who look."""
        return [self._analyser(name) for name in self.names or [""]]

    def _analyser(self, name: str) -> "Analyser":
        wanted = self._wanted(name)
        if wanted is None:
            from git_naturecode.ai.builtin.reviewer import Builtin

            return Builtin(self.context.environ)
        from git_naturecode.cli import model as models

        asked = models.opened(self.context, self.here.store, wanted, self.entity)
        made = self._assistant(asked.model, wanted)
        self.asked.append((asked, made))
        return made

    def _wanted(self, name: str) -> "Settings | None":
        """The settings of the model that is called so; None for the rules that are built in."""
        name, _, model = name.partition(":")
        model = model or self.model or ""
        if name == BUILTIN and not model:
            return None
        from git_naturecode.ai import settings
        from git_naturecode.cli import model as models

        wanted = models.chosen(self.context, self.here.store, name or None, model or None)
        if wanted.speaks != settings.BUILTIN:
            return wanted
        if model:
            raise errors.Usage("the built-in reviewer has no models", "leave --model out")
        return None

    def _assistant(self, provider: "Provider", wanted: "Settings") -> "Assistant":
        from git_naturecode.ai.reviewing.assistant import Assistant

        return Assistant(
            provider, self.clean, self.here.store.random, self.guide(), wanted.limits,
            label=wanted.label, hear=self.context.progress,
        )  # fmt: skip

    def clean(self, lines: "Sequence[str]") -> list[str]:
        """Lines of one text without its secrets."""
        return self.context.redactor.lines(lines)

    def guide(self) -> str:
        """What the team wants to be looked at, as the base branch has it, never the change."""
        from git_naturecode.reviewing import on_base, tips

        store = self.here.store
        tip = tips.tip(store.repo, store.config, self.here.review.base)
        data = on_base.read(store, tip, GUIDE, MOST_GUIDE)
        return "\n".join(self.clean((data or b"").decode("utf-8", "replace").split("\n")))

    def estimates(self) -> "list[tuple[str, Estimate | None, str]]":
        """Of each who would look: his name, what it would take at most (None: nothing), the name of
        the currency's amount."""
        from git_naturecode.ai.budget import money
        from git_naturecode.ai.providers.replay import Replay

        wanted = [self._wanted(name) for name in self.names or [""]]
        change = self.change(save=False)
        found: list[tuple[str, Estimate | None, str]] = []
        for one in wanted:
            if one is None:
                found.append((BUILTIN, None, ""))
                continue
            nobody = Replay("")  # nobody is asked, so nobody needs a key
            told = self._assistant(nobody, one).estimate(change, one.price)
            found.append((one.label, told, money(told.spent.cost)))
        return found

    def places(self) -> "Places":
        """Where the findings that are known are at present."""
        from git_naturecode.domain.findings.lifecycle import FIXED
        from git_naturecode.git.objects import Missing
        from git_naturecode.git.run import GitFailed
        from git_naturecode.reviewing.placing import place

        assert self.about is not None
        anchors = {
            one.finding.fingerprint: one.finding.anchor
            for one in self.here.review.findings
            if one.finding.anchor.path and (one.life != FIXED or one.dismissed)
        }
        store = self.here.store
        try:
            return place(
                store.repo, store.team.objects, anchors, self.about.head, self.about.base
            )  # fmt: skip
        except (Missing, GitFailed):
            return {}

    def look(self, agree: int, *, save: bool) -> "Outcome":
        """Have the change looked at, and keep what comes of it."""
        from git_naturecode.ai.reviewing import run

        before = time.monotonic()
        analysers = self.analysers()  # first, for a name may be wrong, or a key be missing
        change = self.change(save=save)
        if save:
            self.here = self.here.again()  # with the revision that was written down just now
        places = self.places()
        try:
            outcome = run.run(self.here.review, change, analysers, places, agree)
        finally:
            self.context.progress_done()
        for asked, assistant in self.asked:
            failure = assistant.failure
            if failure is None or failure.kind == "auth":
                asked.settle(self.context, is_good=failure is None)
        if save:
            self.keep(outcome, analysers, places, time.monotonic() - before)
        return outcome

    def judge(self, outcome: "Outcome") -> None:
        """Raise ProviderFailed, with what can be done about it, where nothing is known."""
        from git_naturecode.ai.providers.protocol import ProviderFailed

        why = outcome.seen.inconclusive
        if not why:
            return
        failures = [one.failure for _, one in self.asked if one.failure]
        hint = next((one.hint for one in failures if one.hint), "")
        raise ProviderFailed(
            f"inconclusive: {line(why)}",
            hint=hint
            or "nothing is known of what was not seen; run it again, or ask another provider",
        )

    def cost(self) -> float | None:
        """What the models have cost; None where a price or a count is not known."""
        from git_naturecode.ai.budget import priced

        spent = [
            priced(*one.tokens, asked.settings.price).cost if one.tokens else None
            for asked, one in self.asked
        ]
        known = [float(one) for one in spent if one is not None]
        return sum(known) if known and len(known) == len(spent) else None

    def keep(
        self, outcome: "Outcome", analysers: "Sequence[Analyser]", places: "Places", took: float
    ) -> None:
        """Write down what came of it, where the review itself is."""
        from git_naturecode.ai.reviewing import run

        assert self.about is not None
        store, about = self.here.store, self.about
        written = run.Written(
            self.here.review, about.id, about.head, store.random(8).hex(),
            "+".join(one.name for one in analysers), self.aspects, self.cost(), took,
        )  # fmt: skip
        drafts = run.drafts(outcome, written, places, self.clean)
        self.here.write(*drafts, side=TEAM if self.here.review.shared else PRIVATE)
