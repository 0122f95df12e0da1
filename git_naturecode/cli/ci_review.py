"""ci review: the change of a job looked at, and what is found written for other tools."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.ai_run import GUIDE, MOST_GUIDE, Run
from git_naturecode.cli.answers import count
from git_naturecode.cli.ci_reports import Format, inert, outputs, summarise, text, write
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.cli.review_ai import checked, of_aspects, of_words
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ai.reviewing.run import Outcome, Places
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.findings.hit import Analyser, Change
    from git_naturecode.domain.findings.model import Finding
    from git_naturecode.domain.findings.result import Result
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store

_BRANCHES = ("GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH")


def review(
    base: Annotated[
        str, typer.Option(help="What the change is compared with; by itself what the job says.")
    ] = "",
    head: Annotated[
        str, typer.Option(help="The commit to look at; by itself that of the job.")
    ] = "",
    aspect: Annotated[
        list[str] | None,
        typer.Option(help="security, performance, maintainability (the default: all three)."),
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option(help="builtin (no key, no network), deepseek, openai, anthropic, ..."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The name of the model.")] = None,
    agree: Annotated[
        int, typer.Option(min=1, help="Of several providers so many have to find it.")
    ] = 1,
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="What another tool found, in any of these formats."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="SEVERITY", help="End with 1 when one is as bad as this (or `never`)."
        ),
    ] = "never",
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="For each `-o`, in this order.")
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to; `-` is stdout."),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the analysis with the review of this branch.")
    ] = False,
    note: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Write how it ended into refs/notes/devtools/ci, for merge rules (`ci: [NAME]`).",
        ),
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Look at the change of this job or branch, and write findings.

    What people have dismissed in the review of the branch is left out. Ends with 6 when a model
    failed: nothing is known then, and that is no pass.
    """
    context = contexts.current(quiet)
    aspects, names = of_aspects(aspect or []), of_words(provider or [])
    threshold = "" if fail_on == "never" else fail_on
    checked(names, agree, threshold)
    wanted = outputs(formats or [], output or [], as_json=as_json)
    with _opened(context, base, head) as (here, ends):
        run = _CiRun(context, here, aspects, names, model, ends, report or [])
        outcome = _looked(run, agree, save=save)
        live = run.live(outcome)
        found = run.result(outcome, live)
        if note and not outcome.seen.inconclusive:
            _note(context, here.store, found.head, note, is_good=not _bad(live, threshold))
    for form, path in wanted:
        write(context, path, text(form, found, outcome, "+".join(aspects)))
    summarise(context, found)
    for said in outcome.seen.notes:
        context.tell(inert(f"note: {said}"))
    run.judge(outcome)
    return _ended(context, live, threshold)


def _looked(run: "_CiRun", agree: int, *, save: bool) -> "Outcome":
    """What those who look have found; with `save` kept with the review, which has to be there."""
    if save:
        if not run.here.review.id:
            raise errors.Negative(
                "there is no review of this branch to keep the analysis with",
                "git naturecode review start --target BRANCH",
            )
        run.permit()
    return run.look(agree, save=save)


class _CiRun(Run):
    """A run on commits that a job names, whether or not anybody has begun a review of them."""

    def __init__(
        self, context: contexts.Context, here: "Opened", aspects: tuple[str, ...],
        names: list[str], model: str | None, ends: tuple[str, str], reports: Sequence[str],
    ) -> None:  # fmt: skip
        super().__init__(context, here, aspects, names, model)
        self.ends, self.reports = ends, reports
        self.looked: Change | None = None

    def change(self, *, save: bool) -> "Change":
        """The change between both commits; with `save` the review has to stand there."""
        from git_naturecode.ai.reviewing import changed
        from git_naturecode.domain.review.model import Revision

        base, head = self.ends
        if save:
            change = super().change(save=True)
            if change.head != head:
                raise errors.Negative(
                    f"the review stands at {change.head[:12]} here, the job at {head[:12]}",
                    "fetch the branch, or leave --save out",
                )
            self.looked = change
            return change
        store = self.here.store
        self.about = Revision("", 0, head, base, "", "", "", 0, "")
        author, title = (
            store.repo.program.run("log", "-1", "--format=%an%n%s", "--end-of-options", head)[1]
            .decode("utf-8", "replace")
            .split("\n", 1)
        )
        top = store.repo.work_tree or store.repo.common_dir
        title, author, name = self.clean([title.strip(), author, top.rstrip("/").split("/")[-1]])
        about = changed.About(title, author, name, self.aspects)
        self.looked = changed.change(store.repo, store.team.objects, base, head, about)
        return self.looked

    def analysers(self) -> "list[Analyser]":
        """Those who look, and the reports of those who have looked already."""
        return [*super().analysers(), *(self._reported(path) for path in self.reports)]

    def _reported(self, path: str) -> "Analyser":
        from git_naturecode.ci.reported import Reported
        from git_naturecode.domain.findings import incoming

        try:
            with open(path, "rb") as file:
                data = file.read(incoming.MOST_BYTES + 1)
            return Reported(path, incoming.read(data, self.here.store.repo.work_tree or ""))
        except OSError as error:
            raise errors.Usage(f"cannot read {line(path)}: {error.strerror}") from None
        except incoming.Unreadable as error:
            raise errors.Usage(f"{line(path)} is no report: {error}") from None

    @property
    def entity(self) -> str:
        """What is asked of models is counted for the review, else for the commit."""
        return super().entity or f"commit-{self.ends[1]}"

    def guide(self) -> str:
        """What the team wants to be looked at, as the base of the change has it."""
        from git_naturecode.reviewing import on_base

        data = on_base.read(self.here.store, self.ends[0], GUIDE, MOST_GUIDE)
        return "\n".join(self.clean((data or b"").decode("utf-8", "replace").split("\n")))

    def places(self) -> "Places":
        """Where the findings that the review knows are at present; none without a review."""
        return super().places() if self.here.review.findings else {}

    def live(self, outcome: "Outcome") -> "list[Finding]":
        """What is there and nobody has dismissed."""
        from git_naturecode.cli.ai_told import Told

        return Told(self.here.review, self.here.review, outcome, self.clean, saved=False).live()

    def result(self, outcome: "Outcome", live: "Sequence[Finding]") -> "Result":
        """What came of it, as a file tells it, without secrets."""
        from git_naturecode.ai.reviewing.run import cleaned
        from git_naturecode.ci import reported

        assert self.looked is not None
        seen = outcome.coverage
        return reported.result(
            self.looked, [cleaned(one, self.clean) for one in live], self.here.review.findings,
            outcome.seen, seen.files, seen.paths, dict(seen.skipped),
        )  # fmt: skip


@contextmanager
def _opened(
    context: contexts.Context, base: str, head: str
) -> "Iterator[tuple[Opened, tuple[str, str]]]":
    """The review of this job's branch (one without an id, where there is none), and both ends of
    the change."""
    from git_naturecode import ids
    from git_naturecode.ci import where
    from git_naturecode.cli.reading import opened
    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.kinds import REVIEW
    from git_naturecode.domain.review.build import build
    from git_naturecode.domain.review.model import Review

    at = where.here(context.environ)
    with opened(context, writing=True) as (store, index):
        ends = _ends(store, base or at.base, head or at.head)
        names = [name for one in _BRANCHES if (name := context.environ.get(one, ""))]
        names = names or [_branch(store)]
        rows = index.page(REVIEW, {"target": tuple(names)}, limit=20).rows if names != [""] else []
        entities = [str(row["id"]) for row in rows if _is_of_branch(row)]
        if len(entities) == 1:
            placed = store.read(ids.tail(entities[0]), REVIEW)
            yield Opened(store, build(placed), placed), ends
        else:
            yield Opened(store, Review(""), ()), ends


def _is_of_branch(row: "dict[str, Json]") -> bool:
    return row.get("targetType") == "branch" and row.get("status") not in ("merged", "closed")


def _branch(store: "Store") -> str:
    from git_naturecode.git import branches

    return branches.current(store.repo)


def _ends(store: "Store", base: str, head: str) -> tuple[str, str]:
    """Where the change begins and ends, as full ids; raises for what is not here."""
    from git_naturecode.git import commits
    from git_naturecode.reviewing import targets, tips

    repo = store.repo
    end = _commit(store, head or "HEAD")
    if not base:
        name = targets.default_branch(repo, store.config, except_for=_branch(store))
        base = tips.tip(repo, store.config, name)
    start = commits.merge_base(repo, end, _commit(store, base))
    if not start:
        raise errors.Negative(
            "where the change begins is not in this clone",
            "fetch the whole history: fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab)"
            if repo.shallow()
            else "name where it begins with --base",
        )
    if start == end:
        raise errors.Negative("there is no change between these commits", "name another --base")
    return start, end


def _commit(store: "Store", name: str) -> str:
    from git_naturecode.git import commits

    found = commits.resolve(store.repo, name)
    if not found:
        raise errors.Usage(
            f"there is no commit {line(name)[:60]} here",
            "fetch it; in a job the whole history: fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab)",
        )
    return found


def _note(
    context: contexts.Context, store: "Store", head: str, name: str, *, is_good: bool
) -> None:
    from git_naturecode.ci import noting, where

    noting.note(store, head, name, is_good=is_good, url=where.job(context.environ))
    context.tell("hint: git push REMOTE refs/notes/devtools/ci gives the note to the others")


def _bad(live: "Sequence[Finding]", fail_on: str) -> "list[Finding]":
    """Those that are as bad as `fail_on` ("": none is)."""
    from git_naturecode.domain.findings.model import rank

    return [one for one in live if fail_on and rank(one.severity) >= rank(fail_on)]


def _ended(context: contexts.Context, live: "Sequence[Finding]", fail_on: str) -> int:
    """The exit code of a look that came to an end."""
    bad = _bad(live, fail_on)
    if bad:
        context.tell(f"{count(len(bad), 'finding')} at or above {fail_on}")
    return errors.NEGATIVE if bad else 0
