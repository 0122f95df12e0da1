"""Edits made on a host's page: what commits of others changed in files of articles becomes entries.

All that an entry says is taken from its commit, so that every clone writes the same bytes, into
the log of a device of which nobody has the key: an enforced team holds it back until it is adopted.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from typing import NamedTuple

from git_naturecode import clock, ids
from git_naturecode.domain.kb import edited, makers, slugs
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import ARTICLE, FOLDERS, KIND
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import FILE_MODE, Missing, Objects, parse_commit
from git_naturecode.kb.pages import Commit, Found
from git_naturecode.kb.shown import Shown
from git_naturecode.redact import Redactor
from git_naturecode.store import format, hygiene, paths
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import TEAM, Store
from git_naturecode.store.unsigned import NOBODY

_ABOVE = "kb"
_MOST_EDITS, _MOST_STEPS = 1_000, 200
_LAST = 4_102_444_800  # seconds: the year 2100
_TYPES = {folder: type for type, folder in FOLDERS.items()}
Complete = Callable[[list[str]], None]


class _File(NamedTuple):
    """A file that a commit changed: what it held before and holds now."""

    path: str
    old: str | None
    new: str
    was: edited.Read | None
    now: edited.Read


def take_in(store: Store, commits: Sequence[Commit], complete: Complete) -> Found:
    """Take in what `commits`, the oldest first, have changed; the entries wait in the spool then.

    `complete` gets here all of some commits, where a partial clone lacks it. Of very many edits
    that are not in the log yet some are left for the next time.
    """
    objects, found = store.team.objects, Found([], [])
    if store.repo.is_partial:
        complete([one for c in commits for one in (c.id, *c.info.parents)])
    for commit in commits:
        with suppress(Missing, ValueError):
            for number, file in enumerate(_changed(objects, commit)):
                if len(found.taken) >= _MOST_EDITS:
                    more = f"more than {_MOST_EDITS} edits on a host's page; the next sync goes on"
                    return found._replace(problems=[*found.problems, more], is_all=False)
                _take(store, commit, file, number, found)
    return found


def _changed(objects: Objects, commit: Commit) -> Iterator[_File]:
    """The files of articles that `commit` has changed, in the order of their paths."""
    before = _root(objects, commit.info.parents[0]) if commit.info.parents else None
    old, new = _folder(objects, before), _folder(objects, commit.info.tree)
    for name, was, now in tree.differences(objects, old, new):
        path = f"{_ABOVE}/{name}"
        if now is None or not path.endswith(".md") or not paths.allowed(path):
            continue
        place = tree.find(objects, commit.info.tree, path)
        if place is not None and place.mode == FILE_MODE:
            yield _File(path, was, now, _read(objects, was) if was else None, _read(objects, now))


def _root(objects: Objects, commit: str) -> str | None:
    return parse_commit(objects.read(commit)[1]).tree


def _folder(objects: Objects, root: str | None) -> str | None:
    found = tree.find(objects, root, _ABOVE) if root else None
    if found is None or not found.is_tree:
        return None
    return found.oid


def _read(objects: Objects, blob: str) -> edited.Read:
    kind, size = objects.header(blob)
    if kind != "blob" or size > edited.MOST_BYTES:
        return edited.too_long(size)
    return edited.read(objects.read(blob)[1])


def _take(store: Store, commit: Commit, file: _File, number: int, found: Found) -> None:
    """Write down what was changed in one file, or why that cannot be."""
    by = commit.info.author or "nobody"
    where = f"{file.path} by {by} (commit {commit.id[:10]})"
    try:
        entity, drafts = _drafts(store, commit, file)
    except NaturecodeError as error:
        found.problems.append(f"an edit on a host's page is not taken in: {where}: {error.message}")
        return
    if not drafts:
        return
    stamp = _stamp(store.team.objects, commit, entity, number)
    entries = []
    for part, draft in drafts.items():
        stamp = stamp.next()
        entries.append(_entry(commit, file.path, str(stamp), by, part, draft))
    there = {one.entry.id for one in store.read_all(ids.tail(entity), KIND)}
    fresh = [one for one in entries if one.id not in there]
    with closing(Shown(store.state_dir)) as shown:
        shown.take([file.new])
    if fresh:
        store.keep(TEAM, entity, fresh, NOBODY)
        found.taken.append(f"took in an edit made on a host's page: {where}")
        if any(one.header.get("red") for one in fresh):
            found.taken.append(
                "warning: what looked secret in it is replaced in the article, and stays in that "
                "commit for all who read the repository: change it where it is used"
            )


def _drafts(store: Store, commit: Commit, file: _File) -> tuple[str, dict[str, Draft]]:
    """The article and what is said of it, by names of the parts; nothing for what is no edit.

    Raises NaturecodeError, whose message says why it cannot be taken in.
    """
    was, now = file.was, file.now
    if isinstance(now, edited.Wrong):
        raise NaturecodeError(f"line {now.line}: {now.why}" if now.line else now.why)
    if isinstance(now, edited.Untouched | edited.Leading):
        return "", {}
    shown = was.block if isinstance(was, edited.Untouched | edited.Edited) else None
    if isinstance(now, edited.Fresh) and shown is None:
        if isinstance(was, edited.Leading):
            raise NaturecodeError(f"it only led to {was.to}")
        return _beginning(commit, file.path, now) if now.text.strip() or now.title else ("", {})
    block = now.block if isinstance(now, edited.Edited) else shown
    assert block is not None
    _check(store, commit, file, block)
    source = (commit.id, file.path)
    drafts: dict[str, Draft] = {}
    said = _said(store.team.objects, commit, block.id)
    is_same = isinstance(was, edited.Edited) and was.block.id == block.id
    parents = [_made_by(store.team.objects, commit, file)] if is_same else list(block.heads)
    if _text(store, file.old, was) != now.text:
        drafts["revision"] = makers.revision(now.text, parents, source=source)
    if isinstance(now, edited.Edited):
        if now.title is not None and now.title != (was.title if is_same else None):  # type: ignore[union-attr]
            drafts["title"] = makers.title(said, now.title)
        drafts |= _tags(store, file, now, said)
    return block.id, drafts


def _check(store: Store, commit: Commit, file: _File, block: edited.Block) -> None:
    """Raise NaturecodeError unless the article is here, and this is its file and no copy."""
    article = build(store.read_all(ids.tail(block.id), KIND))
    if not article.opened:
        raise NaturecodeError(f"{block.id} is not here")
    if file.old is None:
        objects = store.team.objects
        with closing(Shown(store.state_dir)) as shown:
            others = [one for one in shown.files_of([ids.tail(block.id)]) if one != file.path]
        if any(tree.find(objects, commit.info.tree, one) for one in others):
            raise NaturecodeError(f"it is a copy of {others[0]}, with its line `nc:`")


def _beginning(commit: Commit, path: str, now: edited.Fresh) -> tuple[str, dict[str, Draft]]:
    redactor = Redactor()
    _, folder, name = path.removesuffix(".md").split("/")
    name = redactor.text(name)[0]  # in what is made of it no rule finds a secret
    tail = ids.imported_tail("host", f"{commit.id} {path}")
    type = now.type or _TYPES.get(folder, ARTICLE)
    title = now.title or " ".join(name.replace("-", " ").replace("_", " ").split())
    said = redactor.text(title)[0]
    slug = name if slugs.is_slug(name) else slugs.slug_of(said, f"{type}-{tail}")
    entity = f"{KIND}-{ids.day_of(_ms(commit))}-{tail}"
    drafts = {"open": makers.opening(title, type, slug)}
    drafts |= {f"tag {tag}": makers.tag([], tag, there=True) for tag in now.tags}
    return entity, drafts | {"revision": makers.revision(now.text, [], source=(commit.id, path))}


def _made_by(objects: Objects, commit: Commit, file: _File) -> str:
    """The id of the revision that the edit before became, which this one was made of."""
    at = commit.info.parents[0]
    for _ in range(_MOST_STEPS):
        info = parse_commit(objects.read(at)[1])
        above = _root(objects, info.parents[0]) if info.parents else None
        there = tree.find(objects, above, file.path) if above else None
        if there is None or there.oid != file.old:
            break
        at = info.parents[0]
    return ids.imported_entry("host", at, file.path, "revision")


def _text(store: Store, blob: str | None, was: edited.Read | None) -> str | None:
    """The text that the file had before; None where it had none that can be told."""
    if isinstance(was, edited.Edited | edited.Fresh):
        return was.text
    if blob is None or not isinstance(was, edited.Untouched):
        return None
    return edited.text_of(store.team.objects.read(blob)[1])


def _tags(store: Store, file: _File, now: edited.Edited, said: Sequence[Entry]) -> dict[str, Draft]:
    """The tags that were added and taken out in the file."""
    if now.tags is None:
        return {}
    had = edited.tags_of(store.team.objects.read(file.old)[1]) if file.old else ()
    tags = [(one, True) for one in now.tags if one not in had]
    tags += [(one, False) for one in had if one not in now.tags]
    return {f"tag {one}": makers.tag(said, one, there=there) for one, there in tags}


def _entry(commit: Commit, path: str, at: str, by: str, part: str, draft: Draft) -> Entry:
    """The entry that every clone makes of it."""
    redactor = Redactor()  # the rules that everybody has: what is a secret of one person is not
    fields, found = redactor.value(dict(draft.fields))
    body, more = (None, ()) if draft.body is None else redactor.text(draft.body)
    salt = base64.urlsafe_b64encode(ids.digest(("salt", commit.id, path, part))[:16])
    header: dict[str, Json] = {
        **fields, "id": ids.imported_entry("host", commit.id, path, part), "kind": draft.kind,
        "at": at, "by": by, "device": NOBODY, "salt": salt.decode().rstrip("="),
    }  # fmt: skip
    if labels := (*found, *more):
        header["red"] = list(labels)
    return format.make(header, body)


def _said(objects: Objects, commit: Commit, entity: str) -> list[Entry]:
    """The entries about `entity` in the logs as they stand in `commit`: the same for everybody."""
    folder = tree.find(objects, commit.info.tree, paths.entity_folder(entity))
    found: list[Entry] = []
    for one in tree.entries(objects, folder.oid) if folder and folder.is_tree else ():
        with suppress(Unsupported, Missing):
            if objects.header(one.oid)[1] <= hygiene.MAX_SEGMENT:
                found += format.parse(objects.read(one.oid)[1]).entries
    return found


def _stamp(objects: Objects, commit: Commit, entity: str, number: int) -> clock.Stamp:
    """When it was said: by the clock of the commit, and after all that stands in it, but for what
    is more than a day ahead. Of edits that stand on each other the later is later."""
    latest = clock.Stamp(_ms(commit), 0)
    horizon = f"{clock.iso(_ms(commit) + clock.DAY_MS)}/0000"
    said = [one.at for one in _said(objects, commit, entity) if one.at < horizon]
    if said:
        latest = max(latest, clock.parse(max(said)))
    return clock.Stamp(
        latest.ms + _depth(objects, commit), min(latest.counter + 100 * number, 9000)
    )


def _depth(objects: Objects, commit: Commit) -> int:
    """How many commits of others `commit` stands on before one of this program comes."""
    info, count = commit.info, 0
    while info.parents and count < _MOST_STEPS:
        info = parse_commit(objects.read(info.parents[0])[1])
        if info.is_ours:
            break
        count += 1
    return count


def _ms(commit: Commit) -> int:
    """When the commit was made, as far as that can be believed."""
    seconds = commit.info.seconds
    return seconds * 1000 if 0 < seconds < _LAST else 0
