"""Code on two branches, a session to publish there, and all that publishing must leave as it is."""

from box import Clone

SUBJECT = "Update collaborative session: Retry jitter"


def ready(clone: Clone) -> Clone:
    (clone.path / "a.txt").write_text("one\n")
    (clone.path / "sub").mkdir()
    (clone.path / "sub" / "b.txt").write_text("two\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "code")
    clone.git("branch", "docs")
    clone.git("push", "-q", "origin", "main", "docs")
    return clone


def shared(clone: Clone, name: str = "Retry jitter") -> str:
    """A shared session of that name with one message; its id."""
    session = clone.start(name)
    clone.nc("session", "say", session, "Make the jitter configurable.")
    return session


def state(clone: Clone) -> tuple[str, ...]:
    """All of the user's that must not change: refs of code, index, work tree."""
    refs = "\n".join(
        line
        for line in clone.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        if "naturecode" not in line
    )
    files = "\n".join(
        f"{path.relative_to(clone.path)} {path.read_bytes()!r}"
        for path in sorted(clone.path.rglob("*"))
        if path.is_file() and ".git" not in path.parts and ".naturecode" not in path.parts
    )
    return refs, clone.git("ls-files", "-s"), clone.git("status", "--porcelain"), files


def at(clone: Clone, branch: str, session: str) -> str:
    return clone.git("show", f"{branch}:.naturecode/sessions/{session}.md")
