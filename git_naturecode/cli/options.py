"""Options that many commands share, and what they say alike."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no hints.")]
Reason = Annotated[str, typer.Option(help="Why; everybody can read it.")]
SessionId = Annotated[str, typer.Argument(help="The session's id, or a part that is unique.")]
ReviewId = Annotated[str, typer.Argument(help="The review's id, or a part that is unique.")]
ArticleId = Annotated[
    str, typer.Argument(help="Its slug, title or file; its id or the beginning of that.")
]
AnyArticle = Annotated[
    str, typer.Argument(help="Its slug or id, or a part that is unique; its title or file.")
]

TELL_OTHERS = "hint: the others know after `git naturecode sync`"
