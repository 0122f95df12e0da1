"""What is derived from articles: notes on the commits that they are linked to, and their files."""

from collections.abc import Iterator
from functools import partial

from git_naturecode import trusting
from git_naturecode.doctor.case import WARNING, Case, Finding, count
from git_naturecode.kb import noting, views


def articles(case: Case) -> Iterator[Finding]:
    """Notes that are not as the links of the articles are."""
    wrong = noting.audit(case.store)
    if wrong:
        yield Finding(
            WARNING,
            f"{count(len(wrong), 'note')} on commits not as the links of articles are, such as on "
            f"{min(wrong)[:12]}",
            fix="writes them anew",
            mend=partial(noting.rebuild, case.store),
        )


def files(case: Case) -> Iterator[Finding]:
    """Files of articles on the branch that are not as the entries are."""
    if case.store.team.head() is None:
        return
    store = case.store.elsewhere(case.repo, case.config)
    store.judge = trusting.judge_of(store)
    try:
        wrong, left = views.audit(store)
    finally:
        store.close()
    if wrong:
        yield Finding(
            WARNING,
            f"{count(len(wrong), 'file')} of articles on {case.store.branch} not as what was said "
            f"of these is, such as {wrong[0]}",
            fix="makes them anew",
            mend=partial(_make_anew, case),
        )
    if left:
        yield Finding(
            WARNING,
            f"{count(len(left), 'file')} on {case.store.branch} that could not be taken in as an "
            f"article or an edit of one, such as {left[0]}",
            f"git show {case.store.branch}:{left[0]} shows it; what is to stay: git naturecode kb "
            "add --file",
        )


def _make_anew(case: Case) -> None:
    store = case.store.elsewhere(case.repo, case.config)
    store.judge = trusting.judge_of(store)
    try:
        views.repair(store)
    finally:
        store.close()
