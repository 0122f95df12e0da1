"""Taking edits of the folder in: what somebody changed in the file of an article becomes entries.

Only for commands that a person gives, never in the background, in a hook or in CI.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import closing, suppress

from git_naturecode import ids
from git_naturecode.domain.kb import edited, editing, makers, slugs
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.marks import has_marks
from git_naturecode.domain.kb.model import FOLDERS, KIND, REVISION, Article
from git_naturecode.errors import NaturecodeError
from git_naturecode.folder import edits
from git_naturecode.folder.update import update
from git_naturecode.kb.edit_told import Left, Taken, lines_of, notes_of, tell_of_secrets, unchanged
from git_naturecode.kb.shown import Shown
from git_naturecode.render import kb_view
from git_naturecode.render.kb import undecided
from git_naturecode.render.show import line
from git_naturecode.store import place, touched
from git_naturecode.store.lock import hold
from git_naturecode.store.place import NAME
from git_naturecode.store.store import TEAM, Store
from git_naturecode.teaming import Gate

_WAIT = 15.0
_STATE = "taken-in"
_MOST_REMEMBERED = 500
_AT_ONCE = 50
_TYPES = {folder: type for type, folder in FOLDERS.items()}
Tell = Callable[[str], None]


def is_wanted(store: Store) -> bool:
    """False where nobody edits by hand: in CI."""
    return store.environ.get("CI", "").lower() in ("", "0", "false")


def waits(store: Store) -> list[str]:
    """The files in this work tree that may have been changed; [] where none may be taken in.

    Looks at how they are and reads none.
    """
    return touched.names(store) if is_wanted(store) else []


def waiting(store: Store) -> dict[str, str]:
    """What `status` says of each file that waits to be taken in, or cannot be."""
    found = {}
    told = _Told(store)
    for one in edits.read(store, touched.names(store)):
        read = edited.read(one.data) if one.data is not None else None
        if said := told.of(one):
            found[one.path] = said
        elif isinstance(read, edited.Edited | edited.Fresh):
            why = _Taking(store).looked_at(one, read)
            what = "edited" if isinstance(read, edited.Edited) else "new"
            says = f"{what}; the next `git naturecode kb list` or `sync` takes it in"
            found[one.path] = why.why if isinstance(why, Left) else says
        elif isinstance(read, edited.Wrong):
            found[one.path] = _told(read)
        elif one.data is None:
            found[one.path] = one.why
    return {f"{NAME}/{path}": why for path, why in found.items()}


def take_in(store: Store, tell: Tell) -> tuple[list[Taken], list[Left]]:
    """Take in what was changed in the folder of this work tree, and say so before it is signed.

    Nothing is taken in twice where a process is killed anywhere in between, and no file is
    replaced that says anything else by then.
    """
    names = waits(store)
    if not names:
        return [], []
    with hold(os.path.join(place.folder_of(store.repo), f"{_STATE}.lock"), _WAIT) as held:
        if not held:
            return [], []
        taking = _Taking(store)
        changed = edits.read(store, names)
        for number, one in enumerate(changed, 1):
            taking.take(one, tell)
            if number % _AT_ONCE == 0:  # whoever looks for an article reads all that waits
                store.settle(_WAIT)
        _Told(store).keep(changed, taking.left)
        if taking.given_up:
            store.settle(_WAIT)
            edits.give_up(store, taking.given_up)
        if taking.given_up or len(changed) < len(names):  # what was given up before a kill
            update(store, _WAIT)
    return taking.taken, taking.left


class _Told:
    """Why files could not be taken in when that was last tried, as long as they are the same."""

    def __init__(self, store: Store) -> None:
        self._path = os.path.join(place.folder_of(store.repo), f"{_STATE}-not")

    def of(self, one: edits.Changed) -> str:
        """Why `one` could not be taken in, "" where that was not tried."""
        sha, why = self._read().get(one.path, ("", ""))
        return why if sha == _sha(one) else ""

    def keep(self, tried: Iterable[edits.Changed], left: Iterable[Left]) -> None:
        """Remember of `tried` why those in `left` could not be taken in."""
        why = {one.path: one.why for one in left}
        found = {one.path: (_sha(one), why[one.path]) for one in tried if one.path in why}
        with suppress(OSError):
            with open(self._path + ".new", "w", encoding="utf-8") as file:
                json.dump(found, file)
            os.replace(file.name, self._path)

    def _read(self) -> dict[str, tuple[str, str]]:
        with suppress(OSError, ValueError), open(self._path, encoding="utf-8") as file:
            found = json.load(file)
            return {path: (str(one[0]), str(one[1])) for path, one in found.items()}
        return {}


class _Taking:
    """One time that edits are taken in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.taken: list[Taken] = []
        self.left: list[Left] = []
        self.given_up: dict[str, bytes] = {}
        self._gate = Gate(store)
        self._told = _Told(store)
        self._state = os.path.join(place.folder_of(store.repo), _STATE)

    def take(self, one: edits.Changed, tell: Tell) -> None:
        """Take in one file, or say why that cannot be."""
        found = self._read(one)
        if isinstance(found, Left):
            self.left.append(found)
            if self._told.of(one) != found.why:  # else that was said, and the file is as it was
                tell(f"warning: {NAME}/{line(found.path)} is not taken in: {found.why}")
        elif found is not None and one.data is not None:
            self.given_up[one.path] = one.data
            if isinstance(found, Taken):
                self.taken.append(found)
                tell(found.text)
                for note in found.notes:
                    tell(f"warning: {NAME}/{line(found.path)}: {note}")
                tell_of_secrets(found.path, found.entries, tell)

    def looked_at(
        self, one: edits.Changed, read: edited.Edited | edited.Fresh
    ) -> "Left | Article | None":
        """Why a file cannot be taken in; else the article that it is of (None: a new one)."""
        if one.path.split("/")[1] not in _TYPES:
            return Left(one.path, f"move it into one of the folders {', '.join(_TYPES)}")
        if isinstance(read, edited.Fresh):
            gone = one.was_ours and self._shows(one.path)
            return Left(one.path, "its line `nc:` is gone: undo that, or, for a new article, give "
                        "the file another name") if gone else None  # fmt: skip
        placed = self.store.read(ids.tail(read.block.id), KIND)
        article = build(placed)
        if not article.opened:
            return Left(
                one.path, f"{read.block.id} is not here; `git naturecode sync` may bring it"
            )
        main = self._main(article)
        if (
            main
            and main != one.path
            and self._shows(one.path) != article.id
            and self._is_there(main)
        ):
            return Left(one.path, f"it is a copy of {NAME}/{main}: change that one, or take the "
                        "line `nc:` out of this one for a new article")  # fmt: skip
        return article

    def _read(self, one: edits.Changed) -> Taken | Left | bool | None:
        """What becomes of one file: taken in, left, given up without a word (True), or nothing."""
        if one.data is None:
            return Left(one.path, one.why)
        read = edited.read(one.data)
        if isinstance(read, edited.Wrong):
            return Left(one.path, _told(read))
        if isinstance(read, edited.Untouched):
            return True if one.was_ours else None  # an older copy, or one that somebody made
        if isinstance(read, edited.Leading):
            if not read.is_sound:
                return Left(one.path, f"this page only leads to {NAME}/{read.to}: change that one")
            return True if one.was_ours else None
        if isinstance(read, edited.Fresh) and not (read.text.strip() or read.title):
            return None
        looked = self.looked_at(one, read)
        if isinstance(looked, Left):
            return looked
        try:
            if isinstance(read, edited.Fresh):
                return self._begin(one, read)
            assert looked is not None
            return self._edit(one, read, looked)
        except NaturecodeError as error:
            return Left(one.path, f"{error.message}; {error.hint}" if error.hint else error.message)

    def _edit(
        self, one: edits.Changed, read: edited.Edited, article: Article
    ) -> Taken | Left | bool:
        """An edit: of what the file shows, or of what was taken in of that very copy before."""
        known = {revision.id for revision in article.revisions}
        prior = self._remembered(read.block)
        heads = [prior] if prior in known else list(read.block.heads)
        entries = [p.entry for p in self.store.read(ids.tail(article.id), KIND)]
        change = editing.change(article, entries, read, heads)
        others = _others(article, read, one.path)
        if not change.drafts:
            if others:
                return Left(one.path, unchanged(article, read, others))
            return True
        self._gate.require_article(change.drafts, article)
        made = self.store.entries_for(TEAM, article.id, change.drafts)
        fresh = []
        for draft, entry in zip(change.drafts, made, strict=True):
            said = editing.said_before(article, draft, entry.body, self.store.person)
            if entry.kind == REVISION:
                self._remember(read.block, said.id if said else entry.id)
            if said is None:
                fresh.append(entry)
        self.store.keep(TEAM, article.id, fresh)
        more, less = lines_of(change.before, change.after)
        still = self._undecided(article, read.text)
        notes = notes_of(article, change, read, others)
        return Taken(one.path, article.id, more, less, False, tuple(made), still, notes)

    def _undecided(self, before: Article, text: str) -> str:
        """What is still to be decided in an article after an edit that made `text` of it."""
        if not before.marked and not has_marks(text):
            return ""
        after = build(self.store.read(ids.tail(before.id), KIND))
        return undecided(after) if after.marked else ""

    def _begin(self, one: edits.Changed, read: edited.Fresh) -> Taken | Left:
        """A new article; the same one where its beginning was written before a kill."""
        assert one.data is not None
        assert self.store.redactor is not None
        _, folder, name = one.path.removesuffix(".md").split("/")
        name = self.store.redactor.text(name)[0]  # in what is made of it no rule finds a secret
        title = read.title or " ".join(name.replace("-", " ").replace("_", " ").split())
        type = read.type or _TYPES[folder]
        said = self.store.redactor.text(title)[0]
        slug = name if slugs.is_slug(name) else slugs.slug_of(said, slugs.slug_of(name))
        tail = ids.digest32(
            ("folder", self.store.device, self._state, one.path, edited.digest(read.text), title), 8
        )
        entity = f"{KIND}-{ids.day_of(self.store.now_ms())}-{tail}"
        if self.store.has(TEAM, KIND, tail):
            article = build(self.store.read(tail, KIND))
            if article.deleted:
                return Left(one.path, f"it was taken in as {article.id}, and that was deleted: "
                            f"`git naturecode kb restore {tail}`")  # fmt: skip
            return Taken(one.path, article.id or entity, 0, 0, True)
        drafts = [makers.opening(title, type, slug or f"{type}-{tail}")]
        drafts += [makers.tag([], tag, there=True) for tag in read.tags]
        drafts.append(makers.revision(read.text, []))
        self._gate.require_article(drafts, None)
        made = self.store.write(TEAM, entity, drafts)
        return Taken(one.path, entity, read.text.count("\n"), 0, True, tuple(made))

    def _shows(self, path: str) -> str:
        """The id of the article that our branch shows at `path`, "" for none."""
        with closing(Shown(self.store.state_dir)) as shown:
            file = shown.file(path)
            row = shown.row(file.tail) if file else None
            return row.id if row else ""

    def _main(self, article: Article) -> str:
        """Where our branch shows `article`, "" where it does not."""
        with closing(Shown(self.store.state_dir)) as shown:
            files = shown.files_of([ids.tail(article.id)])
        return next((file.main for file in files.values()), "")

    def _is_there(self, path: str) -> bool:
        assert self.store.repo.work_tree is not None
        return os.path.lexists(os.path.join(self.store.repo.work_tree, NAME, path))

    def _remembered(self, block: edited.Block) -> str:
        """The revision as which this work tree has taken in the copy with `block`, "" for none."""
        return str(self._memory().get(_key(block), ""))

    def _remember(self, block: edited.Block, revision: str) -> None:
        memory = {**self._memory(), _key(block): revision}
        kept = dict(list(memory.items())[-_MOST_REMEMBERED:])
        with open(self._state + ".new", "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.replace(file.name, self._state)

    def _memory(self) -> dict[str, str]:
        with suppress(OSError, ValueError), open(self._state, encoding="utf-8") as file:
            found = json.load(file)
            return found if isinstance(found, dict) else {}
        return {}


def _key(block: edited.Block) -> str:
    return f"{block.id} {edited.short_of(block.heads)}"


def _others(article: Article, read: edited.Edited, path: str) -> list[str]:
    """The names of what was changed in the file and does not change by that."""
    kept = kb_view.kept(article)
    found = [name for name, value in kept.items() if read.others.get(name, value) != value]
    types = (article.type, _TYPES[path.split("/")[1]])
    return found + ["type"] * (read.others.get("type", article.type) not in types)


def _sha(one: edits.Changed) -> str:
    return hashlib.sha256(one.data or b"").hexdigest()


def _told(wrong: edited.Wrong) -> str:
    return f"line {wrong.line}: {wrong.why}" if wrong.line else wrong.why
