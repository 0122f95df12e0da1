"""What this clone derives from articles: the notes on the commits that they are linked to."""

from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import WARNING, Case, Finding, count
from git_naturecode.kb import noting


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
