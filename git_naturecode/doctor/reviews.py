"""What this clone derives from reviews: notes on commits, refs on their states, what it watches."""

from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import WARNING, Case, Finding, count
from git_naturecode.reviewing import noting, pinned, watched


def reviews(case: Case) -> Iterator[Finding]:
    """Notes that are not as the reviews are, refs of reviews that are over, a file that is torn."""
    wrong = noting.audit(case.store)
    if wrong:
        yield Finding(
            WARNING,
            f"{count(len(wrong), 'note')} on commits not as the reviews are, such as on "
            f"{min(wrong)[:12]}",
            fix="writes them anew",
            mend=partial(noting.rebuild, case.store),
        )
    stale = noting.stale_pins(case.store)
    if stale:
        yield Finding(
            WARNING,
            f"refs below {pinned.PREFIX} keep the commits of {count(len(stale), 'review')} that "
            "nobody reviews any more",
            fix="removes them",
            mend=partial(pinned.let_go, case.store, stale),
        )
    why = watched.torn(case.store)
    if why:
        yield Finding(
            WARNING,
            f"{case.path(watched.NAME)} is torn ({why}): what becomes of some branches under "
            "review is not written down by a sync",
            fix="looks through your reviews and writes it anew",
            mend=partial(watched.mend, case.store),
        )
