"""What a sync did, for people and programs to read."""

from dataclasses import dataclass, field

from git_naturecode.errors import Remote

IN_STEP = "in step"
IN_OUTBOX = "left in the outbox"
NO_CODE = "waiting for a code branch"
READ_ONLY = "read-only"
REFUSED = "refused"


@dataclass
class Outcome:
    """How a sync ended.

    `received` and `sent` count logs, `notes_*` annotated objects, `waiting` the logs that could
    not be pushed, `signed` the entries that got a signature; `held` says that the host keeps what
    was purged, `forgot` that traces of a purge were removed here; `problems` is what was kept out,
    `notices` what to know of the remote; `team_*` count what was signed about the team,
    `quarantined` entries newly kept out of sight that somebody should look at,
    `news` and `alarms` are about whom to trust, and alarms need a person; `failure` is raised when
    all has been told: what was received is in then, nothing is lost.
    """

    remote: str
    state: str = IN_STEP
    received: int = 0
    sent: int = 0
    tries: int = 0
    refused: int = 0
    notes_received: int = 0
    notes_sent: int = 0
    waiting: int = 0
    held: bool = False
    forgot: bool = False
    signed: int = 0
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    quarantined: int = 0
    team_received: int = 0
    team_sent: int = 0
    failure: Remote | None = None
