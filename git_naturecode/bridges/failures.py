"""What goes wrong with a forge, said in a sentence, with what to do about it."""

from git_naturecode.errors import NaturecodeError, NotPermitted, Remote
from git_naturecode.render.show import line

_MOST = 300


def of_status(name: str, status: int, said: str, token: str) -> NaturecodeError:
    """The failure for an answer of HTTP status `status`, in which the forge `name` says `said`.

    `token` is the name of the variable that holds the token; never the token.
    """
    why = line(said)[:_MOST] or f"HTTP {status}"
    if status == 401:
        return NotPermitted(
            f"{name} does not accept the token: {why}", f"put a valid one in {token}"
        )
    if status == 403:
        return NotPermitted(
            f"{name} does not let this token do that: {why}",
            "the token of a job needs the right to write pull requests (GitHub: `pull-requests: "
            "write`), that of a GitLab project the scope `api`",
        )
    if status == 404:
        return NotPermitted(
            f"{name} has no such change, or does not show it to this token: {why}",
            f"look at the number, and at what {token} may read",
        )
    hint = "try again: what has been posted is not posted twice"
    return Remote(f"{name} could not do it (HTTP {status}): {why}", hint)


def of_network(name: str, error: Exception) -> NaturecodeError:
    """The failure for a connection that broke."""
    why = line(str(error))[:_MOST] or type(error).__name__
    return Remote(
        f"{name} could not be reached: {why}", "try again: what has been posted is not posted twice"
    )
