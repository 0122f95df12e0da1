"""One import of Markdown: files become articles, again only what changed, all in one commit."""

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import slugs, texts
from git_naturecode.domain.kb.incoming import Document, document, tags_of
from git_naturecode.domain.kb.model import KIND, MOST_TEXT, Article
from git_naturecode.domain.kb.reaiming import Aim, Page, Sources, aimed
from git_naturecode.errors import Usage
from git_naturecode.git.listed import Made, Story, stories
from git_naturecode.kb import arrived, attaching, beside, moving
from git_naturecode.kb.arrived import TOOL, source_of
from git_naturecode.kb.attaching import Read
from git_naturecode.kb.taken import File, again, again_hidden, begun, fresh
from git_naturecode.kb.walking import Listed, Skipped
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft, Json
from git_naturecode.store.hygiene import MAX_FILE
from git_naturecode.store.index import Index
from git_naturecode.store.store import TEAM, Store

NEW, CHANGED, MERGED, SAME, LEFT = "new", "changed", "merged", "unchanged", "left"
_MOST_ATTACHED, _MOST_TEXT = 200 << 20, 300 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
Permit = Callable[[Sequence[Draft], Article | None], None]


class Options(NamedTuple):
    """What a person says of all that is imported; `encoding` is of files that are no UTF-8."""

    type: str = ""
    tags: tuple[str, ...] = ()
    encoding: str = ""
    dry_run: bool = False


class One(NamedTuple):
    """What became of one file."""

    path: str
    source: str
    state: str
    id: str
    slug: str
    title: str
    type: str
    note: str = ""


@dataclass
class Imported:
    """What an import did, or would do."""

    items: list[One] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    gone: list[One] = field(default_factory=list)
    notes: list[Skipped] = field(default_factory=list)
    attached: int = 0
    entries: int = 0
    redacted: int = 0

    def count(self, *states: str) -> int:
        """How many files came to one of `states`."""
        return sum(one.state in states for one in self.items)


def import_files(
    store: Store, index: Index, found: Sequence[Listed], options: Options, permit: Permit,
    tell: Callable[[str], None] = lambda _: None, agree: Callable[[int], None] = lambda _: None,
) -> Imported:  # fmt: skip
    """Make articles of the files in `found`, or tell what would be made of them.

    `permit` raises NotPermitted where the team would not let an entry count; `agree` is told how
    many are new before anything is written, and raises where they shall not be. Raises Usage where
    more would be attached at once than others take in.
    """
    return _Run(store, index, options, permit, tell, agree).run(found)


class _Unfit(Exception):
    """A file that is passed over; says why."""


class _Run:
    def __init__(
        self, store: Store, index: Index, options: Options, permit: Permit,
        tell: Callable[[str], None], agree: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.store, self.index, self.options = store, index, options
        self.permit, self.tell, self.agree = permit, tell, agree
        self.done = Imported()
        self._bytes: dict[str, Read | None] = {}
        self._characters = 0
        self._rows = index.rows(KIND)
        self._articles = arrived.Articles(index, self._rows)
        self._taken = {str(row["slug"]) for row in self._rows if not row["deleted"]}

    def run(self, found: Sequence[Listed]) -> Imported:
        files: list[File] = []
        for one in found:
            self.done.skipped += one.skipped
            files += self._read(one)
        files = self._followed(found, files)
        made = [(one, drafts) for one in files if (drafts := self._drafts(one))]
        self._gone(found, {one.name for one in files})
        if made and not self.options.dry_run:
            self.agree(self.done.count(NEW))
            self._write(made)
        return self.done

    # -- reading ----------------------------------------------------------------------------------

    def _read(self, found: Listed) -> list[File]:
        documents: dict[str, Document] = {}
        for path in found.pages:
            try:
                documents[path] = self._document(found, path)
            except _Unfit as unfit:
                self._skip(path, str(unfit))
                continue
            self._characters += len(documents[path].text)
            if self._characters > _MOST_TEXT:
                raise Usage("these are more texts than fit into memory", "import them in parts")
        times = _stories(self.store, found, documents)
        sources = {found.source(path): path for path in documents}
        known = self._articles.owned(sources)
        files = []
        for name, path in sources.items():
            there, one = known.get(name), documents[path]
            page = there.page if there and there.page else self._page(path, one)
            source = there.source if there else self._articles.free(name)
            story = times.get(path, Story())
            files.append(File(found, path, one, name, source, there, page, story))
        return files

    def _document(self, found: Listed, path: str) -> Document:
        try:
            with open(found.path(path), "rb", opener=_opener) as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise _Unfit(f"cannot be read: {error.strerror}") from None
        text = self._decoded(data)
        assert self.store.redactor is not None
        # Its title may be made of its name, and then no rule finds a secret any more.
        called = "/".join(self.store.redactor.texts(path.split("/"))[0])
        made = document(called, texts.normal(text), wiki=found.is_wiki)
        if not made.text.strip():
            raise _Unfit("is empty")
        if made.problem:
            self.done.notes.append(
                Skipped(path, f"its front matter is kept as text: {made.problem}")
            )
        if made.dropped:
            left = ", ".join(made.dropped[:8])
            self.done.notes.append(Skipped(path, f"no place in an article for: {left}"))
        type = self.options.type or made.type
        return made._replace(type=type, tags=tags_of([*self.options.tags, *made.tags]))

    def _decoded(self, data: bytes) -> str:
        """The text that `data` is; raises _Unfit where it is none, or too much."""
        try:
            text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
        except UnicodeDecodeError:
            if b"\0" in data:
                raise _Unfit("is binary") from None
            if not self.options.encoding:
                raise _Unfit("is not UTF-8 (--encoding NAME reads it)") from None
            try:
                text = data.decode(self.options.encoding)
            except (UnicodeDecodeError, LookupError):
                raise _Unfit(f"is not {self.options.encoding} either") from None
        if "\0" in text:
            raise _Unfit("is binary")
        if (size := texts.size_of(text)) > MOST_TEXT:
            hint = "git naturecode kb attach keeps it beside an article"
            raise _Unfit(f"has {size} bytes, more than an article holds; {hint}")
        return text

    def _skip(self, path: str, why: str) -> None:
        self.done.skipped.append(Skipped(path, why))

    def _page(self, path: str, one: Document) -> Page:
        """The name of a new article: its own, its title's, its folder's too where that is taken."""
        assert self.store.redactor is not None
        stem = posixpath.splitext(posixpath.basename(path))[0]
        folder = posixpath.basename(posixpath.dirname(path))
        wanted = [one.slug, one.title, f"{folder} {one.title}" if folder else "", stem]
        clean = self.store.redactor.texts(wanted)[0]  # no rule finds a secret in a slug
        named = [slug for text in clean if (slug := slugs.slug_of(text))]
        base = named[0] if named else f"{one.type}-{ids.digest32((path,), 8)}"
        free = next((slug for slug in named if slug not in self._taken), "")
        number = 2
        while not free:
            slug = slugs.numbered(base, number)
            free, number = "" if slug in self._taken else slug, number + 1
        self._taken.add(free)
        return Page(one.type, free)

    # -- links ------------------------------------------------------------------------------------

    def _followed(self, found: Sequence[Listed], files: list[File]) -> list[File]:
        """`files` as `_aimed` gives them; what was moved since the last import goes on as the
        article that it was."""
        aimed = self._aimed([replace(one, attached={}) for one in files])
        rows = self._missing(found, {one.name for one in files}, beside=True)
        lost = [self._articles.found[source] for row in rows
                if (source := source_of(row)) in self._articles.found]  # fmt: skip
        assert self.store.redactor is not None
        moves = moving.moves(aimed, lost, self._articles.found.values(), self.store.redactor)
        self.done.notes += moves.notes
        for one in files:
            one.is_hidden = one.name in moves.hidden
            if now := moves.found.get(one.name):
                one.source, one.known, one.page = now.source, now, now.page or one.page
        return self._aimed(files) if moves.found or moves.hidden else aimed

    def _missing(
        self, found: Sequence[Listed], seen: set[str], *, beside: bool = False
    ) -> list[dict[str, Json]]:
        """The rows of the articles whose files are gone; their articles are read."""
        some = moving.gone(self._rows, found, seen, self._articles.path, beside=beside)
        self._articles.read(map(source_of, some))
        return moving.gone(some, found, seen, self._articles.path, beside=beside)

    def _aimed(self, files: list[File]) -> list[File]:
        """`files` with their links led to each other, and what they show attached."""
        by_root: dict[int, list[File]] = {}
        for one in files:
            by_root.setdefault(id(one.listed), []).append(one)
        for some in by_root.values():
            root = some[0].listed
            pages = {**self._earlier(root), **{one.path: one.page for one in some}}
            names = ((one.path, (*one.document.aliases, one.document.title)) for one in some)
            sources = Sources(pages, names, root.files)
            for one in some:
                aim = Aim(sources, one.path, one.page.type, self._attaching(one), root.prefix)
                text = aimed(one.document.text, aim)
                if texts.size_of(text) <= MOST_TEXT:
                    one.document = one.document._replace(text=text)
        return files

    def _earlier(self, root: Listed) -> dict[str, Page]:
        """What was imported from below the same root before, by its path there."""
        start = f"{root.name}/" if root.name else ""
        rows = [(source, row) for row in self._rows if (source := source_of(row))]
        found = {}
        for source, row in sorted(rows, key=lambda one: self._articles.path(one[0]) != one[0]):
            path = self._articles.path(source)
            if path.startswith(start) and not row["deleted"]:
                found[path.removeprefix(start)] = arrived.page_of(row)
        return found

    def _attaching(self, one: File) -> Callable[[str], str]:
        def attach(path: str) -> str:
            read = self._attachment(one.listed, path)
            if read is None:
                return ""
            there = one.attached.get(read.name)
            if there is not None and there.sha != read.sha:
                read = read._replace(name=path.replace("/", "-")[-attaching.MOST_NAME :])
            one.attached[read.name] = read
            return attaching.destination(read.sha)

        return attach

    def _attachment(self, root: Listed, path: str) -> Read | None:
        whole = root.path(path)
        if whole not in self._bytes:
            self._bytes[whole] = self._opened(path, whole)
            total = sum(len(one.data) for one in self._bytes.values() if one)
            if total > _MOST_ATTACHED:
                raise Usage(
                    f"the pictures and files of these pages have more than {_MOST_ATTACHED} bytes",
                    "import the folder in parts, and sync in between",
                )
        return self._bytes[whole]

    def _opened(self, path: str, whole: str) -> Read | None:
        assert self.store.redactor is not None
        try:
            name = attaching.check_name(posixpath.basename(path), self.store.redactor)
            with open(whole, "rb", opener=_opener) as file:
                data = file.read(MAX_FILE + 1)
            attaching.check_size(path, len(data))
        except (OSError, Usage) as error:
            self._skip(path, getattr(error, "message", None) or "cannot be read")
            return None
        read = attaching.prepared(name, data, self.store.redactor)
        if read.cut:
            self._skip(path, f"in {read.cut} bytes of base64 something looks secret; "
                       "git naturecode kb attach ARTICLE FILE asks whether to keep it")  # fmt: skip
            return None
        self.done.redacted += len(read.redacted)
        return read

    # -- entries ----------------------------------------------------------------------------------

    def _drafts(self, one: File) -> list[Draft]:
        """The entries that bring the article up to its file; none where nothing has changed."""
        known = one.known
        drafts = fresh(one) if known is None else again(one, known)
        state, note = NEW if known is None else CHANGED, ""
        if known is not None and known.path != one.name:
            note = f"was {known.path} before"
        if known is not None and not drafts:
            state = SAME
        elif known is not None and known.deleted:
            state, note, drafts = LEFT, "was deleted here; `kb restore` brings it back", []
        elif known is not None and (one.is_hidden or again_hidden(one, known)):
            state, note, drafts = (
                LEFT,
                "its text was taken out of the record; nothing was written",
                [],
            )
        elif known is not None and known.is_edited and any(d.kind == "revision" for d in drafts):
            state, note = MERGED, "was edited here, too: both are in it now"
        entity = known.entity if known else ids.imported_entity(KIND, TOOL, one.source, begun(one))
        self.done.items.append(
            One(one.path, one.source, state, entity, one.page.slug, one.document.title,
                one.page.type, note)
        )  # fmt: skip
        if drafts:
            self.permit(drafts, known.article if known else None)
        return drafts

    def _gone(self, found: Sequence[Listed], seen: set[str]) -> None:
        """Tell which articles came from files that are not there any more."""
        passed = {root.source(one.path) for root in found for one in self.done.skipped}
        taken = {one.source for one in self.done.items}
        for row in self._missing(found, seen | passed):
            if row["deleted"] or source_of(row) in taken:
                continue
            path = self._articles.path(source_of(row))
            self.done.gone.append(One(
                path, source_of(row), LEFT, str(row["id"]), str(row["slug"]), str(row["title"]),
                str(row["type"]), "its file is gone; the article stays",
            ))  # fmt: skip

    def _write(self, made: Sequence[tuple[File, list[Draft]]]) -> None:
        reads = {r.sha: r for one, _ in made for r in one.attached.values()}
        attaching.put(self.store, list(reads.values()))
        fresh = (d.fields["sha"] for _, drafts in made for d in drafts if d.kind == "file")
        self.done.attached = len(set(fresh))
        entity = {one.source: one.id for one in self.done.items}
        with bulk(self.store, TEAM, "Add articles") as writer:
            for number, (one, drafts) in enumerate(made):
                if number % 50 == 49:
                    self.tell(f"{number + 1} of {len(made)} articles")
                clean = [self._clean(draft) for draft in drafts]
                writer.write(entity[one.source], clean)
            self.done.entries = writer.entries
        beside.refresh(self.store)

    def _clean(self, draft: Draft) -> Draft:
        """The draft without secrets in its texts, counted."""
        if draft.clean:
            return draft
        assert self.store.redactor is not None
        fields, labels = self.store.redactor.value(dict(draft.fields))
        body, more = (None, ()) if draft.body is None else self.store.redactor.text(draft.body)
        self.done.redacted += len(labels) + len(more)
        return draft._replace(fields=fields, body=body, redacted=(*labels, *more), clean=True)


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _stories(store: Store, found: Listed, documents: Mapping[str, Document]) -> dict[str, Story]:
    """When each file began and was changed last, and by whom: as git knows in this repository,
    else as the disk does."""
    is_ours = found.prefix is not None and bool(documents)
    told = stories(store.repo, _asked(documents)) if is_ours else {}
    for path in documents.keys() - told.keys():
        try:
            made = Made("", int(os.lstat(found.path(path)).st_mtime * 1000))
        except OSError:
            continue
        told[path] = Story(made, made)
    return told


def _asked(documents: Iterable[str]) -> list[str]:
    """Few paths for git that hold all of `documents`."""
    some = list(documents)
    return some if len(some) <= 20 else sorted({one.split("/")[0] for one in some})
