"""A session as one Markdown document, to be read on a forge or in an editor."""

from git_naturecode.domain.session import Session
from git_naturecode.render import about, inert, page, words
from git_naturecode.render.show import line, show


def text(session: Session) -> str:
    """The document: what the session is, then what was said; nothing in it loads or does anything.

    Texts that are not harmless Markdown stand in fences.
    """
    parts = [f"# {page.escaped(line(words.title(session)))}\n"]
    facts = (f"- **{name}:** {page.escaped(value)}\n" for name, value in about.facts(session))
    parts.append("".join(facts))
    if session.summary:
        if words.summary(session):
            parts += ["## Summary\n", block(session.summary)]
    elif session.derived_summary:
        first_and_last = page.escaped(line(session.derived_summary))
        parts += ["## Summary\n", f"*First request and last answer:* {first_and_last}\n"]
    if session.messages or session.comments:
        parts += ["## Conversation\n", *page.conversation(session, block)]
    return "\n".join(parts)


def block(body: str) -> str:
    """`body` as it stands where it is harmless and inert Markdown, else in a fence."""
    return page.block(body) if inert.is_inert(show(body)) else page.fenced(show(body))
