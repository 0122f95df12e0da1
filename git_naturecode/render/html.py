"""A session as one HTML page that needs nothing else and does nothing: no script, no loading."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape

from git_naturecode.domain.handles import handles
from git_naturecode.domain.runs import Run, runs
from git_naturecode.domain.said import Comment, Message
from git_naturecode.domain.session import Session
from git_naturecode.render import about, words
from git_naturecode.render.inert import Renderer, is_short
from git_naturecode.render.show import line, show

STYLE = """
:root { color-scheme: light dark; --ink: #1d2127; --dim: #5c6570; --paper: #ffffff;
  --box: #f4f5f7; --edge: #d9dde2; --user: #0a6b4f; --model: #5b3fb4; --bad: #a8321f; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e3e6ea; --dim: #98a2ad; --paper: #15181c; --box: #1f2429; --edge: #353c44;
    --user: #5fc9a4; --model: #b3a0f2; --bad: #f0907f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
h3, h4, h5, h6 { font-size: 1.05rem; margin: 1rem 0 .5rem; } h5, h6 { font-size: 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 1.5rem;
  font-size: .9rem; } dt { color: var(--dim); } dd { margin: 0; min-width: 0; }
article { border-left: 3px solid var(--edge); margin: 1.5rem 0; padding: 0 0 0 1rem; }
article.user { border-color: var(--user); } article.assistant { border-color: var(--model); }
header.said { color: var(--dim); font-size: .85rem; } header.said b { color: var(--ink); }
article.user > header b { color: var(--user); }
article.assistant > header b { color: var(--model); }
pre, code { font: .86em/1.45 ui-monospace, monospace; background: var(--box); border-radius: 4px; }
code { padding: .1em .3em; } pre { padding: .7rem .9rem; overflow-x: auto; }
pre code { padding: 0; background: none; font-size: 1em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--edge); padding: .25rem .6rem; text-align: left; }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 2px solid var(--edge);
  color: var(--dim); }
details, p.call { margin: .35rem 0; font-size: .85rem; color: var(--dim);
  overflow-wrap: anywhere; }
summary { cursor: pointer; } summary code, .call code { background: none; padding: 0; }
p.call { padding-left: 1.05rem; }
details > pre { max-height: 36rem; overflow-y: auto; }
.failed { color: var(--bad); }
aside { background: var(--box); border-radius: 6px; margin: .6rem 0; padding: .5rem .8rem; }
article > :last-child, aside > :last-child { margin-bottom: 0; }
a { color: inherit; } a.at { text-decoration: none; } a.at:hover { text-decoration: underline; }
:target { background: var(--box); } .gone { color: var(--dim); font-style: italic; }
@media print { :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  pre, pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
  details > pre { max-height: none; } table { display: table; }
  h1, h2, h3, h4, h5, h6, header, summary { break-after: avoid; } tr { break-inside: avoid; } }
"""
_SUM = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_SUM}'; base-uri 'none'; form-action 'none'"


def text(session: Session) -> str:
    """The page; whatever the texts hold, nothing in it is active and nothing is fetched."""
    name = title(session)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{body(session)}\n</body>\n</html>\n"
    )


def title(session: Session) -> str:
    """The name of the session, as HTML."""
    return _line(session.name) or "(no title)"


def body(session: Session) -> str:
    """What the page shows, its heading first."""
    return "\n".join([f"<h1>{title(session)}</h1>", *_Page(session).parts()])


class _Page:
    """The parts of one page."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.names = words.names(session)
        self.handles = handles(session)
        self.markdown = Renderer()

    def parts(self) -> Iterator[str]:
        """What is to be known, the summary, then what was said."""
        yield (
            "<dl>"
            + "".join(
                f"<dt>{_line(name)}</dt><dd>{_line(value)}</dd>"
                for name, value in about.facts(self.session)
            )
            + "</dl>"
        )
        if summary := words.summary(self.session):
            yield f"<section><h2>Summary</h2>{self.block(summary)}</section>"
        threaded: set[str] = set()
        for run in runs(self.session.messages):
            comments = [one for message in run.messages for one in message.comments]
            threaded.update(one.id for one in comments)
            yield self.run(run, comments)
        rest = [one for one in self.session.comments if one.id not in threaded]
        if rest:
            yield f"<section><h2>Comments</h2>{self.comments(rest)}</section>"

    def run(self, run: Run, comments: Iterable[Comment]) -> str:
        """One run: who, when, what; a tool call and what was only thought are folded away."""
        message = run.first
        gone = words.gone(message, self.names)
        more = [self.rivals(message), self.reactions(message), self.comments(comments)]
        if message.role == "tool" and not gone:
            return _tool(message, run.handle, self.notes(message)) + "".join(more)
        said = f'<p class="gone">{_line(gone)}</p>' if gone else self.block(run.text)
        who = _line(words.speaker(message, self.names))
        place = _place(run.handle)
        head, notes = f"<b>{who}</b> · {_time(run.start)}", self.notes(message)
        if message.header.get("think") and not gone:
            head += f" · {run.handle}{notes}"
            return f'<details id="{place}"><summary>{head}</summary>{said}</details>{"".join(more)}'
        head += f" · {_to(run.handle)}{notes}"
        kind = message.role if message.role in ("user", "assistant") else "other"
        return (
            f'<article class="{kind}" id="{place}"><header class="said">{head}</header>{said}'
            f"{''.join(more)}</article>"
        )

    def comments(self, comments: Iterable[Comment]) -> str:
        """Comments, each in a box."""
        found = []
        for one in comments:
            gone = words.gone(one, self.names)
            said = f'<p class="gone">{_line(gone)}</p>' if gone else self.block(one.text)
            who = _line(self.names.get(one.by) or one.by)
            handle = self.handles[one.id]
            when = f"{_time(one.time)} · {_to(handle)}{self.notes(one)}"
            head = f'<header class="said"><b>{who}</b> · {when}</header>'
            found.append(f'<aside id="{_place(handle)}">{head}{said}{self.rivals(one)}</aside>')
        return "".join(found)

    def rivals(self, said: Message | Comment) -> str:
        """What others made of the text at the same time."""
        return "".join(
            f'<blockquote><header class="said">at the same time {_line(one.by)} made it:</header>'
            f"{self.block(one.text)}</blockquote>"
            for one in said.rivals
        )

    def reactions(self, message: Message) -> str:
        """Who reacted how."""
        return "".join(
            f'<p class="gone">{_line(value)} {_line(", ".join(people))}</p>'
            for value, people in message.reactions
        )

    def notes(self, said: Message | Comment) -> str:
        """What is to be said about a text, in brackets."""
        found = words.remarks(said, self.names)
        return f" ({_line(', '.join(found))})" if found else ""

    def block(self, body: str) -> str:
        """A text as HTML: Markdown without raw HTML; a very long one as it stands."""
        shown = show(body)
        if not is_short(shown):
            return f"<pre>{escape(shown)}</pre>"
        return str(self.markdown.render(shown))


def _tool(message: Message, handle: str, notes: str) -> str:
    target = _line(str(message.header.get("target") or ""))
    called = f"<b>{_line(str(message.header.get('tool') or 'tool'))}</b>"
    called += f" <code>{target}</code>" if target else ""
    failed = ' class="failed"' if message.header.get("ok") is False else ""
    outcome = f"<span{failed}>({_line(words.outcome(message))})</span>"
    # No link to its place: what opens when it is clicked must hold nothing else to click.
    title, place = f"{called} {outcome} {handle}{notes}", _place(handle)
    inner = "".join(f"<pre>{escape(show(one))}</pre>" for one in message.call if one.strip())
    if not inner:
        return f'<p class="call" id="{place}">{title}</p>'
    return f'<details id="{place}"><summary>{title}</summary>{inner}</details>'


def _place(handle: str) -> str:
    """The name of a message's or comment's place in the page: `m3` of `#3` and of `#3-5`."""
    return "m" + handle[1:].partition("-")[0] if handle.startswith("#") else handle


def _to(handle: str) -> str:
    """The handle, as a link to its place, which can be copied."""
    return f'<a class="at" href="#{_place(handle)}">{handle}</a>'


def _time(time: str) -> str:
    """The minute; the whole time is told to programs, and to who points at it."""
    whole = _line(time)
    return f'<time datetime="{whole}" title="{whole}">{_line(words.minute(time))}</time>'


def _line(text: str) -> str:
    return escape(line(text))
