"""What a review still needs before it may be merged, as lines for people."""

from collections.abc import Iterable

from git_naturecode.domain.review.explain import Reason
from git_naturecode.domain.review.model import Review
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import line


def text(review: Review, reasons: Iterable[Reason], paint: Paint) -> str:
    """One line for each reason; under each that does not hold, what to do next."""
    some = list(reasons)
    lines = [f"{paint.yellow(review.id)}  {paint.bold(line(review.title))}"]
    for one in some:
        mark = paint.green("ok     ") if one.ok else paint.red("missing")
        lines.append(f"{mark}  {line(one.text)}")
        if one.hint and not one.ok:
            lines.append(f"         {paint.dim(line(one.hint))}")
    missing = sum(not one.ok for one in some)
    if review.merges or review.is_closed:
        return "\n".join(lines)
    if missing:
        lines.append(f"it cannot be merged yet: {missing} of {len(some)} missing")
    else:
        lines.append(f"it can be merged: git naturecode review merge {review.id[16:]}")
    return "\n".join(lines)
