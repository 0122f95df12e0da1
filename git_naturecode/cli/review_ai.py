"""review ai, dismiss: having a review looked at by rules or a model, and what is done with that."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet, ReviewId
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ai.reviewing.assistant import Estimate
    from git_naturecode.cli.ai_told import Told
    from git_naturecode.store.entry import Json

_ASPECTS = (
    "security", "performance", "maintainability", "tests", "style", "correctness", "documentation",
)  # fmt: skip


def ai(
    review: ReviewId,
    aspect: Annotated[
        list[str] | None,
        typer.Option(help="security, performance, maintainability (the default: all three)."),
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option(help="builtin (no key, no network), deepseek, openai, openai:MODEL, ..."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The name of the model.")] = None,
    agree: Annotated[
        int, typer.Option(min=1, help="Of several providers so many have to find it.")
    ] = 1,
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="End with 1 when one is as bad as this.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be sent, and what it costs.")
    ] = False,
    save: Annotated[
        bool, typer.Option("--save/--no-save", help="Keep what is found with the review.")
    ] = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Have the change looked at, by rules or by a model. The rules are built in.

    Ends with 6 when a model failed: nothing is known then, and that is no pass.
    """
    from git_naturecode.cli.ai_run import Run
    from git_naturecode.cli.ai_told import Told
    from git_naturecode.cli.output import columns, page, paint
    from git_naturecode.cli.review_opened import opened_review

    context = contexts.current(quiet)
    aspects, names = of_aspects(aspect or []), of_words(provider or [])
    checked(names, agree, fail_on)
    with opened_review(context, review) as here:
        run = Run(context, here, aspects, names, model)
        if dry_run:
            _tell_estimates(context, here.review.id, run.estimates(), as_json)
            return 0
        if save:
            run.permit()
        outcome = run.look(agree, save=save)
        after = run.here.again().review if save else here.review
        told = Told(here.review, after, outcome, run.clean, saved=save)
    if as_json:
        context.json(told.json(aspects))
    else:
        page(context, told.text(paint(context), columns(context)))
        for text in told.notes():
            context.tell(text)
    run.judge(outcome)
    return _ended(context, told, fail_on)


def dismiss(
    review: ReviewId,
    finding: Annotated[
        list[str],
        typer.Argument(help="f3, as `review show` names it, or the beginning of a fingerprint."),
    ],
    reason: Annotated[
        str, typer.Option(help="false-positive, wont-fix, later, or your own words.")
    ] = "",
    comment: Annotated[
        str | None, typer.Option("--comment", "-m", help="More words; `-` reads stdin.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say that a finding is nothing to mend here. It stays so over later pushes."""
    from git_naturecode.cli.output import written
    from git_naturecode.cli.review_opened import PRIVATE, TEAM, opened_review
    from git_naturecode.domain.findings import makers
    from git_naturecode.domain.review import handles

    context = contexts.current(quiet)
    if not undo and not reason.strip():
        raise errors.Usage(
            "a reason is needed", f"--reason {'|'.join(makers.REASONS)}, or in your own words"
        )
    if undo and reason:
        raise errors.Usage("--undo takes it back; it needs no --reason")
    if len(reason) > 200:
        raise errors.Usage("the reason is too long", "write more with --comment")
    with opened_review(context, review, over=True) as here:
        about = [handles.finding(here.review, one) for one in finding]
        for name, one in zip(finding, about, strict=True):
            if bool(one.dismissed) != undo:
                state = "is not dismissed" if undo else "is dismissed already"
                raise errors.Negative(f"{name} {state}")
        text = written(context, comment, "").strip() if comment is not None else ""
        here.write(
            *(
                makers.dismissal(
                    here.entries, one.finding.fingerprint, reason.strip(), text, off=undo
                )
                for one in about
            ),
            side=TEAM if here.review.shared else PRIVATE,
        )
    if as_json:
        found: list[Json] = [one.finding.fingerprint for one in about]
        context.json({"reviewId": here.review.id, "findings": found, "dismissed": not undo})
        return
    done = "took back the dismissal of" if undo else "dismissed"
    context.tell(f"{done} {', '.join(map(line, finding))}")
    context.tell(TELL_OTHERS)


def of_words(words: list[str]) -> list[str]:
    """Each of what was named one by one or with commas between, once."""
    return list(dict.fromkeys(one.strip() for text in words for one in text.split(",")))


def of_aspects(words: list[str]) -> tuple[str, ...]:
    from git_naturecode.domain.findings.model import ASPECTS

    found = [one.lower() for one in of_words(words)]
    for one in found:
        if one not in _ASPECTS:
            raise errors.Usage(f"{line(one)!r} is no aspect", "use " + ", ".join(_ASPECTS))
    return tuple(found) or ASPECTS


def checked(names: list[str], agree: int, fail_on: str) -> None:
    from git_naturecode.domain.findings.model import SEVERITIES

    if agree > max(1, len(names)):
        raise errors.Usage(
            f"{agree} cannot agree where only {count(len(names) or 1, 'provider')} would look",
            "name more of them: --provider A --provider B",
        )
    if fail_on and fail_on not in SEVERITIES:
        raise errors.Usage(
            f"{line(fail_on)!r} is no severity", "use " + ", ".join(SEVERITIES)
        )  # fmt: skip


def _ended(context: contexts.Context, told: "Told", fail_on: str) -> int:
    """The exit code of a look that came to an end."""
    from git_naturecode.domain.findings.model import rank

    bad = [one for one in told.live() if fail_on and rank(one.severity) >= rank(fail_on)]
    if bad:
        context.tell(f"{count(len(bad), 'finding')} at or above {fail_on}")
    return errors.NEGATIVE if bad else 0


def _tell_estimates(
    context: contexts.Context, review: str, found: "list[tuple[str, Estimate | None, str]]",
    as_json: bool,
) -> None:  # fmt: skip
    if as_json:
        told: list[Json] = [
            {
                "provider": name, "pieces": one.pieces if one else 0,
                "questions": one.questions if one else 0,
                "tokensIn": one.spent.tokens_in if one else 0,
                "tokensOut": one.spent.tokens_out if one else 0,
                "cost": cost or "0", "skipped": dict(one.skipped) if one else {},
            }
            for name, one, cost in found
        ]  # fmt: skip
        context.json({"reviewId": review, "dryRun": True, "estimates": told})
        return
    for name, one, cost in found:
        if one is None:
            context.say(f"{line(name)}: looks in this clone; nothing is sent, and it costs nothing")
            continue
        into, out = one.spent.tokens_in, one.spent.tokens_out
        context.say(
            f"{line(name)}: {count(one.questions, 'question')} about {count(one.pieces, 'piece')}, "
            f"at most {into:,} tokens in and {out:,} out, cost {cost}"
        )
        for path, why in one.skipped.items():
            context.tell(f"note: {line(path)} would not be shown: {line(why)}")
