"""kb add: write an article."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import warn_of_secrets
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.cli.kb_text import Kept
    from git_naturecode.domain.kb.incoming import Document
    from git_naturecode.store.entry import Entry, Json
    from git_naturecode.store.index import Index

File = Annotated[
    str | None,
    typer.Option(help="Where the text is; - reads stdin; left out at a terminal: your editor."),
]
Type = Annotated[
    str,
    typer.Option(
        "--type", help="article, snippet, practice or faq; else what the file's front matter says."
    ),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tags", "--tag", help="Tags, with commas or repeated.")
]
_MOST_TAG = 60
_MOST_NAMED = 30  # fields of front matter that are left out
_ASKED = "Write the article in Markdown; the first heading (# ...) is its title."


def add(
    type: Type = "",
    title: Annotated[
        str,
        typer.Option(help="What it is called; else as the front matter or first heading has it."),
    ] = "",
    file: File = None,
    tags: Tags = None,
    slug: Annotated[
        str, typer.Option(help="Its name in files and commands; left out: made of the title.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write an article, a snippet, a practice or a frequent question.

    Front matter in the file gives title, type, tags and slug, as in `kb import`; options count
    before it.
    """
    from git_naturecode import ids
    from git_naturecode.cli.kb_read import check_types
    from git_naturecode.cli.kb_text import Kept, is_asked
    from git_naturecode.domain.kb.model import KIND

    context = contexts.current(quiet)
    check_types([type] if type else [])
    new = _New(type, title_of(title) if title else "", slug, tags_of(tags or []))
    if slug:
        check_slug(context, slug)
    asked = is_asked(file)
    entity = ids.new_entity(KIND, context.now_ms(), context.random)
    _require_permitted(context, new)
    kept = Kept(context, slug or ids.tail(entity))
    text = _typed(kept, new.title) if asked else kept.given(str(file))
    new, text = _read(context, new, text, "" if asked else str(file))
    with kept.until_written():
        new, entries, other = _written(context, entity, new, text)
    if as_json:
        facts = {"id": entity, "slug": new.slug, "title": new.title, "sameTitle": other or None}
        context.json({**facts, "revisionId": entries[-1].id})
        return
    for entry in entries:
        warn_of_secrets(context, entry)
    context.say(entity)
    context.tell(f"added {new.slug}: git naturecode kb show {new.slug}")
    if other:
        context.tell(
            f"warning: there is {other} already, so this one is called {new.slug}; if they are "
            f"about the same, git naturecode kb edit {other} and kb rm {new.slug}"
        )
    context.tell(TELL_OTHERS)


class _New(NamedTuple):
    """What the article is to be; title, slug and type are "" where they come of the text. Its
    slug is made of `called`, else of its title."""

    type: str
    title: str
    slug: str
    tags: list[str]
    called: str = ""


def _require_permitted(context: contexts.Context, new: _New) -> None:
    """Raise NotPermitted unless the team lets this person begin one, before he writes it."""
    from git_naturecode.cli.kb_opened import reading_kb
    from git_naturecode.domain.kb import makers
    from git_naturecode.domain.kb.model import ARTICLE
    from git_naturecode.teaming import Gate

    with reading_kb(context, writing=True) as (store, _):
        type = new.type or ARTICLE
        Gate(store).require_article([makers.opening(new.title, type, new.slug)], None)


def _typed(kept: "Kept", title: str) -> str:
    """The text that the user writes in his editor; raises Negative where he writes none."""
    offered = f"# {title}\n\n" if title else ""
    text = kept.edited(offered, _ASKED)
    if text.strip() == offered.strip():
        kept.forget()
        raise errors.Negative("nothing was written, so nothing was added")
    return kept.checked(text)


def _read(context: contexts.Context, new: _New, text: str, file: str) -> tuple[_New, str]:
    """`new` with what the front matter of the text in `file` says besides, and the text below."""
    from git_naturecode.domain.kb import front
    from git_naturecode.domain.kb.incoming import document
    from git_naturecode.domain.kb.model import ARTICLE
    from git_naturecode.render.show import line

    found = front.read(text)
    if found.problem:
        context.tell(f"note: its front matter is kept as text: {found.problem}")
    if not found.told or not found.text.strip():
        return new._replace(type=new.type or ARTICLE), text
    made = document(file.replace("\\", "/").rpartition("/")[2], text)
    if left := _left_out(new, found.told, made):
        more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
        named = line(", ".join(left[:_MOST_NAMED]))
        context.tell(f"note: left out of its front matter: {named}{more}")
    told = new._replace(
        type=new.type or made.type, tags=list(dict.fromkeys([*new.tags, *made.tags])),
        title=new.title or (title_of(made.title) if front.word(found.told, "title") else ""),
        called=made.slug,
    )  # fmt: skip
    return told, made.text


def _left_out(new: _New, told: "dict[str, Json]", made: "Document") -> list[str]:
    """The fields of front matter that say something and become nothing of the article."""
    from git_naturecode.domain.kb import front, incoming, slugs

    used = {"title", "draft", *incoming.TAGGED}
    if new.slug or slugs.slug_of(made.slug):
        used.add("slug")
    if made.status and front.word(told, "status").casefold().startswith(made.status):
        used.add("status")
    used |= {key for key in ("type", "kind") if new.type or incoming.type_of(told)}
    return [key for key, value in told.items() if key not in used and value not in (None, "", [])]


def _written(
    context: contexts.Context, entity: str, new: _New, text: str
) -> "tuple[_New, list[Entry], str]":
    """Write the article `entity` down; with the title and the slug that it got, and the slug of
    another to which its title would have led ("": none)."""
    from git_naturecode.cli.kb_opened import reading_kb
    from git_naturecode.domain.kb import makers, slugs, texts
    from git_naturecode.store.store import TEAM
    from git_naturecode.teaming import Gate

    new = new._replace(title=new.title or title_of(texts.title_of(text)))
    with reading_kb(context, writing=True) as (store, index):
        shown = context.redactor.text(new.title)[0]  # a slug is made of it, and stays
        called = slugs.slug_of(context.redactor.text(new.called)[0]) or shown
        other = "" if new.slug else _taken(index, called)
        new = new._replace(slug=free_slug(index, entity, new.type, called, new.slug))
        made = [makers.opening(new.title, new.type, new.slug)]
        made += [makers.tag([], one, there=True) for one in new.tags]
        made.append(makers.revision(text, []))
        Gate(store).require_article(made, None)
        entries = store.write(TEAM, entity, made)
        store.settle()
    return new, entries, other


def _taken(index: "Index", title: str) -> str:
    """The slug that `title` makes, where another article has it; else ""."""
    from git_naturecode.cli import kb_named
    from git_naturecode.domain.kb import slugs

    slug = slugs.slug_of(title)
    return slug if slug and kb_named.taken(index, slug) else ""


def title_of(text: str) -> str:
    """A title as it may be written down; raises Usage for none."""
    title = " ".join(text.split())
    if not title:
        raise errors.Usage(
            "an article needs a title", "--title T, or a first line such as `# Title` in the text"
        )
    from git_naturecode.domain.kb.texts import MOST_TITLE

    if len(title) > MOST_TITLE:
        raise errors.Usage(f"a title has {MOST_TITLE} characters at most, and not {len(title)}")
    return title


def tags_of(given: list[str]) -> list[str]:
    """The tags that were given, each once; raises Usage where one of them cannot be one."""
    from git_naturecode.cli.kb_read import words_of

    found = list(dict.fromkeys(one for each in given for one in words_of(each)))
    if given and not found:
        raise errors.Usage("a tag cannot be empty")
    for one in found:
        if not one.isprintable() or len(one) > _MOST_TAG:
            raise errors.Usage(f"{one[:_MOST_TAG]!r} cannot be a tag",
                               f"up to {_MOST_TAG} letters that can be seen")  # fmt: skip
    return found


def check_slug(context: contexts.Context, slug: str) -> None:
    """Raise Usage unless `slug` may be one, and holds nothing that looks secret."""
    from git_naturecode.domain.kb import slugs

    if context.redactor.text(slug)[1]:
        raise errors.Usage(
            "that slug looks secret, and everybody would see it", "choose another one"
        )
    if slugs.is_slug(slug):
        return
    near = slugs.slug_of(slug)
    raise errors.Usage(
        f"{slug!r} cannot be a slug",
        "small letters and digits with single dashes between them"
        + (f", as in {near}" if near else ""),
    )


def free_slug(index: "Index", entity: str, type: str, title: str, wanted: str) -> str:
    """The slug that the article `entity` gets: as `wanted`, else made of its title and free yet.

    `title` is without secrets: no rule finds them in what was made of it.
    """
    from git_naturecode import ids
    from git_naturecode.cli import kb_named
    from git_naturecode.domain.kb import slugs

    if wanted:
        require_free(index, wanted)
        return wanted
    base = slugs.slug_of(title) or f"{type}-{ids.tail(entity)}"
    name, number = base, 2
    while kb_named.taken(index, name):
        name = slugs.numbered(base, number)
        number += 1
    return name


def require_free(index: "Index", slug: str, entity: str = "") -> None:
    """Raise Negative where an article other than `entity` has this slug."""
    from git_naturecode.cli import kb_named

    other = kb_named.taken(index, slug)
    if other and other != entity:
        raise errors.Negative(f"{slug} is the name of {other} already", "choose another one")
