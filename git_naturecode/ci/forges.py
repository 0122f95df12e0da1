"""The forge that a job is about, with the token that it was given."""

from collections.abc import Mapping

from git_naturecode.bridges.forge import Forge
from git_naturecode.ci.where import GITHUB, GITLAB, Where
from git_naturecode.errors import Negative, NotPermitted, Usage

_TOKENS = {GITHUB: "GITHUB_TOKEN", GITLAB: "GITLAB_TOKEN"}
_URLS = {GITHUB: "https://api.github.com", GITLAB: "https://gitlab.com"}
_NAMES = {GITHUB: "a pull request", GITLAB: "a merge request"}


def opened(where: Where, environ: Mapping[str, str]) -> Forge:
    """The change that `where` names, with the token in `environ`.

    Raises Usage where it is not clear which, NotPermitted without a token, Negative where there is
    none for the branch.
    """
    if where.forge not in _TOKENS:
        raise Usage(
            "it is not clear where to post",
            "in a job of GitHub or GitLab it is; elsewhere: --forge github --repository OWNER/NAME "
            "--number N",
        )
    token = environ.get(_TOKENS[where.forge], "")
    if not token:
        raise NotPermitted(
            f"there is no token in {_TOKENS[where.forge]}",
            "GitHub: env: GITHUB_TOKEN: ${{ github.token }}; GitLab: a project access token in a "
            "masked variable",
        )
    if not where.repository:
        raise Usage("no repository is named", "--repository OWNER/NAME")
    url = where.url or _URLS[where.forge]
    if where.forge == GITLAB:
        from git_naturecode.bridges.gitlab_change import GitlabChange

        return GitlabChange(url, where.repository, _known(where), token)
    from git_naturecode.bridges import github_change

    number = where.number
    if not number and where.branch:
        number = github_change.number_of(
            url, where.repository, where.owner, where.branch, where.head, token
        )
        if not number:
            raise Negative(f"no open pull request stands at {where.head[:12]} any more")
    return github_change.GithubChange(url, where.repository, number or _known(where), token)


def _known(where: Where) -> int:
    if not where.number:
        raise Usage(f"this job is not about {_NAMES[where.forge]}", "--number N names one")
    return where.number
