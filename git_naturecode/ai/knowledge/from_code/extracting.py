"""Documentation out of code without a model: five topics, each a proposal where it has enough."""

from collections.abc import Sequence

from git_naturecode.ai.knowledge.from_code import (
    architecture,
    configuration,
    decisions,
    dependencies,
    testing,
    writing,
)
from git_naturecode.ai.knowledge.from_code.facts import Project, Topic
from git_naturecode.ai.knowledge.from_code.gathering import Listing
from git_naturecode.ai.knowledge.proposal import Proposal
from git_naturecode.redact import Redactor


def topics(project: Project, listing: Listing) -> list[Topic]:
    """What there is to say of each of the five things that the specification names."""
    return [
        architecture.topic(project, listing.others),
        decisions.topic(project),
        dependencies.topic(project, dependencies.summaries(listing.top)),
        configuration.topic(project),
        testing.topic(project),
    ]


def proposed(
    topics: Sequence[Topic], project: Project, paths: Sequence[str], redactor: Redactor
) -> list[Proposal]:
    """The proposals; `paths` are what was looked at, from the top of the work tree."""
    return writing.proposals(topics, project, paths, redactor)
