"""The failures a person can do something about; anything else that is raised is a fault of ours.

Each error carries one sentence (`error: ...`), an optional next step (`hint: ...`) and the exit
code of docs/reference.md. The boundary in `__main__` is the only place that turns them into output.
"""

NEGATIVE = 1
USAGE = 2
NEEDS_PERSON = 3
REMOTE = 4
NOT_PERMITTED = 5
INCONCLUSIVE = 6
FAULT = 128
INTERRUPTED = 130


class NaturecodeError(Exception):
    """A failure that the user can understand and mend."""

    code = NEGATIVE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Negative(NaturecodeError):
    """The answer is no: nothing matched, nothing can be done yet."""


class Usage(NaturecodeError):
    """The command line does not make sense as written."""

    code = USAGE


class Remote(NaturecodeError):
    """The remote or the network did not do its part; what was written here is safe."""

    code = REMOTE


class NotPermitted(NaturecodeError):
    """The rights of this person or this file system do not allow it."""

    code = NOT_PERMITTED


class DiskFull(NaturecodeError):
    """There is no room left to write in."""


class Interrupted(NaturecodeError):
    """The person stopped it; the message says what is kept."""

    code = INTERRUPTED


class Unsupported(NaturecodeError):
    """This repository, or a file in it, asks for something that this program cannot do."""


class Unsafe(NaturecodeError):
    """Data from elsewhere broke a limit; it was kept out."""

    code = NEEDS_PERSON


class NeedsPerson(NaturecodeError):
    """It was done as far as it could be; what is left is for somebody to decide."""

    code = NEEDS_PERSON


class NeedsConsent(NaturecodeError):
    """Nothing was done: it would reach further than this clone, so somebody has to want it."""

    code = NEEDS_PERSON
