"""The judge: after the last syncs all are equal, nothing is lost, nothing hidden is to be found."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import articles
from .ledger import Said, Session
from .record import BRANCH, TOKEN, State, everything, reachable, state_files, words
from .world import REMOTES, Place, World

ROUNDS = 12
_MOST_VIEWS = 60
_PLAIN_REFS = ("refs/heads/", "refs/remotes/", "refs/notes/", "refs/tags/", "refs/stash")


def calm(world: World) -> None:
    """All faults end, all processes end."""
    world.proxy.mode = "pass"
    for disk in (place.disk for place in world.clones if place.disk):
        world.resize(disk)
    world.quiet()


def settle(world: World) -> int:
    """Sync every clone with every remote until no ref of a remote moves; how many rounds."""
    still = 0
    for number in range(1, ROUNDS + 1):
        before = [world.reader.refs(remote) for remote in world.remotes]
        done = [_sync(world, place, remote) for place in world.clones for remote in REMOTES]
        after = [world.reader.refs(remote) for remote in world.remotes]
        still = still + 1 if after == before and all(done) else 0
        world.quiet()
        if still == 2 or world.failures:
            return number
    world.fail(f"no rest after {ROUNDS} quiet rounds: refs still move, or somebody cannot sync")
    return ROUNDS


def _sync(world: World, place: Place, remote: str) -> bool:
    """One sync, again where the first one told how to repair the branch; True when it worked."""
    for _ in range(3):
        repairs = world.counts["repairs"]
        argv = ["sync", "--remote", remote, "--yes", "--json"]
        done = world.program(0, place, argv, background=True)
        if done.code == 0 or world.counts["repairs"] == repairs:
            return done.code == 0
    return False


def judge(world: World) -> None:
    """All checks; what is wrong goes to world.failures."""
    states = _equal(world)
    if states is None:
        return
    team = states[0]
    _deeds(world, team.tokens())
    privates = [_private(world, place) for place in world.clones]
    for check in (_nothing_lost, _nothing_doubled, _in_its_session):
        check(world, team, privates)
    _nothing_leaked(world, privates)
    _purged(world)
    _clean(world)
    _healthy(world)
    _views(world, team)
    for what, found in articles.judge(world, team):
        _report(world, what, found)


def _report(world: World, what: str, found: Iterable[object]) -> None:
    items = list(found)
    if items:
        world.fail(f"{what} ({len(items)}): {', '.join(map(str, items[:12]))}")


def _equal(world: World) -> list[State] | None:
    places = [(f"c{place.number}", place.git_dir) for place in world.clones]
    places += [(remote.name, remote) for remote in world.remotes]
    states = [world.reader.branch(git_dir, BRANCH) for _, git_dir in places]
    trees = {name: state.tree for (name, _), state in zip(places, states, strict=True)}
    if len(set(trees.values())) == 1:
        return states
    most = Counter(trees.values()).most_common(1)[0][0]
    good = next(state for state in states if state.tree == most)
    lines = []
    for (name, _), state in zip(places, states, strict=True):
        if state.tree != most:
            paths = good.files.keys() ^ state.files.keys()
            changed = {
                p for p in good.files.keys() & state.files.keys() if good.files[p] != state.files[p]
            }
            lines.append(f"{name}: {sorted(paths | changed)[:5]}")
    world.fail(f"the trees differ: {trees}\n    " + "\n    ".join(lines))
    return None


def _private(world: World, place: Place) -> State:
    if not place.private.exists():
        return State()
    return world.reader.branch(place.private, BRANCH)


def _lost(world: World, team: set[str], privates: list[set[str]]) -> Iterator[Said]:
    for said in world.ledger.said.values():
        if said.token in world.ledger.forgiven or said.token in team:
            continue
        session = world.ledger.sessions.get(said.session)
        if said.purged != "no":
            continue
        # What was redacted while it was private stays behind when its session is shared.
        if said.redacted != "no" and session and not session.always_shared:
            continue
        private = all(said.token in privates[home] for home in said.homes)
        if not (said.side == "either" and private):
            yield said


def _deeds(world: World, team: set[str]) -> None:
    """Redactions, purges and deletions stay; what a person threw away no longer counts."""
    forgiven, lost = world.ledger.forgiven, set[str]()
    for said in world.ledger.said.values():
        session = world.ledger.sessions.get(said.session)
        for verb in ("redact", "purge"):
            state = said.redacted if verb == "redact" else said.purged
            deed = f"{verb}:{(verb == 'redact' and said.target) or said.id}"
            if state != "yes" or (verb == "purge" and deed in team):
                continue
            if deed in forgiven:
                setattr(said, "redacted" if verb == "redact" else "purged", "maybe")
            elif deed not in team and session and session.always_shared:
                lost.add(deed)
    for session in world.ledger.sessions.values():
        if session.deleted == "yes" and session.always_shared:
            deed = f"delete:{session.id}"
            if deed in forgiven:
                session.deleted = "maybe"
            elif deed not in team:
                lost.add(deed)
    _report(world, "done and undone", sorted(lost))


def _nothing_lost(world: World, team: State, privates: list[State]) -> None:
    lost = list(_lost(world, team.tokens(), [one.tokens() for one in privates]))
    _report(world, "acknowledged and lost", (f"{s.kind} {s.token} of c{s.clone}" for s in lost))
    keys = world.ledger.observed - team.keys() - world.ledger.forgiven_keys
    _report(world, "was on a branch and is not any more", sorted(keys))


def _nothing_doubled(world: World, team: State, privates: list[State]) -> None:
    for name, state in (("team", team), *((f"private of c{n}", s) for n, s in enumerate(privates))):
        in_file: Counter[tuple[str, str, str]] = Counter()
        everywhere: Counter[tuple[str, str]] = Counter()
        for path, entity, block in state.blocks():
            in_file[path, block.id, block.stated] += 1
            everywhere[entity, block.id] += 1
        _report(world, f"twice in a segment ({name})", (k for k, n in in_file.items() if n > 1))
        once = {
            (said.session, said.id) for said in world.ledger.said.values()
            if said.id and said.side == "team" and said.purged == "no"
            and world.ledger.sessions[said.session].always_shared
        } if name == "team" else set()  # fmt: skip
        found = (key for key in once if everywhere[key] > 1)
        _report(world, f"twice on the branch ({name})", found)


def _in_its_session(world: World, team: State, privates: list[State]) -> None:
    # Also those of a command that was killed before it could answer.
    blocks = [block for state in (team, *privates) for block in state.blocks()]
    forks = {entity for _, entity, block in blocks if "forked" in block.header}
    wrong = []
    for state in (team, *privates):
        for _, entity, block in state.blocks():
            for token in block.tokens:
                said = world.ledger.said.get(token)
                if said and said.session and said.session != entity and entity not in forks:
                    wrong.append(f"{token} in {entity}, not in {said.session}")
    _report(world, "in the wrong session", wrong)


def _nothing_leaked(world: World, privates: list[State]) -> None:
    secret = {
        said.token: said for session in world.ledger.sessions.values() if session.shared == "no"
        for said in session.messages
    }  # fmt: skip
    leaked = []
    for remote in world.remotes:
        for _, there in world.reader.words(remote, everything(remote, world.env)):
            leaked += [f"{token} in {remote.name}" for token in there & secret.keys()]
    for place, state in zip(world.clones, privates, strict=True):
        strange = [t for t in state.tokens() if t in secret and place.number not in secret[t].homes]
        leaked += [f"{token} in the private repository of c{place.number}" for token in strange]
        branch = world.reader.branch(place.git_dir).tokens()
        leaked += [f"{token} on the branch of c{place.number}" for token in branch & secret.keys()]
    _report(world, "private and elsewhere", sorted(set(leaked)))


def _purged(world: World) -> None:
    gone = {one.token for one in world.ledger.said.values() if one.purged == "yes"}
    if not gone:
        return
    found = set[str]()
    places = [(f"c{place.number}", place.git_dir) for place in world.clones]
    places += [(f"{name} (private)", path / "naturecode/private.git") for name, path in places]
    places += [(remote.name, remote) for remote in world.remotes]
    for name, git_dir in places:
        if git_dir.exists():
            for oid, there in world.reader.words(git_dir, reachable(git_dir, world.env)):
                found |= {f"{token} in {oid[:10]} of {name}" for token in there & gone}
    for place in world.clones:
        for top in (place.git_dir, place.path / ".naturecode"):
            for path, data in state_files(top):
                where = f"{path.relative_to(place.path)} of c{place.number}"
                found |= {f"{token} in {where}" for token in words(data) & gone}
    _report(world, "purged and still there", sorted(found))


# -- leftovers -----------------------------------------------------------------------------------


def _clean(world: World) -> None:
    for place in world.clones:
        name = f"c{place.number}"
        _fsck(world, name, place.git_dir)
        if place.private.exists():
            _fsck(world, f"{name} (private)", place.private)
        refs = world.reader.refs(place.git_dir)
        strange = [ref for ref in refs if ref.startswith("refs/naturecode/")]
        _report(world, f"refs left in {name}", strange)
        locks = [str(p.relative_to(place.git_dir)) for p in place.git_dir.rglob("*.lock")]
        # Files that we lock by flock stay; a lock that is its being there must not.
        left = [one for one in locks if not one.startswith("naturecode/")]
        _report(world, f"locks left in {name}", left)
        for side in ("team", "private"):
            waiting = world.reader.spool(place.state, side).files
            _report(world, f"still waiting in the {side} spool of {name}", waiting)
    for remote in world.remotes:
        _fsck(world, remote.name, remote)
        left = [ref for ref in world.reader.refs(remote) if ref.startswith("refs/naturecode/")]
        _report(world, f"refs left in {remote.name}", left)


def _fsck(world: World, name: str, git_dir: Path) -> None:
    # What a `git gc --prune=now` took under a writer stays named in the reflog until it expires.
    done = subprocess.run(
        ["git", f"--git-dir={git_dir}", "fsck", "--no-dangling", "--no-reflogs", "--no-progress"],
        env=world.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [
        line for line in (done.stdout + done.stderr).split("\n")
        if line and not line.startswith("notice:") and "invalid reflog entry" not in line
    ]  # fmt: skip
    _report(world, f"git fsck of {name}", said)


def _healthy(world: World) -> None:
    """The doctor finds nothing, or mends what the kills have left and finds nothing then."""
    if "doctor" not in world.commands:
        return
    for place in world.clones:
        if world.program(0, place, ["doctor", "--json"]).code:
            world.count("clones mended by the doctor")
            world.program(0, place, ["doctor", "--fix", "--json"])
            done = world.program(0, place, ["doctor", "--json"])
            if done.code:
                wrong = [
                    item for item in done.json["items"]
                    if item["level"] != "ok" and not (place.skew and item["check"] == "clock")
                    # A job that failed on the full disk is left alone for a minute.
                    and not (place.disk and "disk is full" in item["message"])
                ]  # fmt: skip
                _report(world, f"the doctor leaves in c{place.number}", wrong)


# -- views ---------------------------------------------------------------------------------------


def _views(world: World, team: State) -> None:
    sessions = [s for s in world.ledger.sessions.values() if s.shared == "yes"]
    entities = {entity for _, entity, block in team.blocks() if block.header["kind"] == "open"}
    for place in world.clones:
        _lists(world, place, sessions, entities)
        _search(world, place)
    hidden = [s for s in sessions if any(m.redacted == "yes" for m in s.messages)]
    others = [s for s in sessions if s not in hidden]
    every = max(1, len(others) // _MOST_VIEWS)
    for number, session in enumerate([*hidden[: 2 * _MOST_VIEWS], *others[::every]]):
        _show(world, world.clones[number % len(world.clones)], session, entities)


def _lists(world: World, place: Place, sessions: list[Session], entities: set[str]) -> None:
    done = world.program(0, place, ["session", "list", "--json", "--limit", "1000000"])
    if done.code:
        return
    ids = {item["id"] for item in done.json["items"]}
    expected = {
        s.id for s in sessions if s.deleted == "no" and s.id in entities
    }  # fmt: skip
    _report(world, f"missing in the list of c{place.number}", sorted(expected - ids))


def _redacted(world: World) -> dict[str, Said]:
    return {s.token: s for s in world.ledger.said.values() if s.redacted == "yes"}


def _search(world: World, place: Place) -> None:
    for token in list(_redacted(world))[:_MOST_VIEWS]:
        done = world.program(0, place, ["session", "search", token, "--json"])
        if done.code == 0 and done.json["items"]:
            _report(world, f"redacted and found by search in c{place.number}", [token])


def _show(world: World, place: Place, session: Session, entities: set[str]) -> None:
    if session.id not in entities or session.deleted == "maybe":
        return
    done = world.program(0, place, ["session", "show", session.id, "--json"])
    if session.deleted == "yes":
        seen = set(TOKEN.findall(done.out)) - {session.messages[0].token}
        _report(world, f"deleted and shown: {session.id} in c{place.number}", sorted(seen))
        return
    if done.code:
        return
    plain = world.program(0, place, ["session", "show", session.id])
    outputs = {"show --json": done.out, "show": plain.out}
    if "session export" in world.commands:
        for kind in ("collaborative", "markdown", "html", "json"):
            argv = ["session", "export", session.id, "--format", kind, "-o", "-"]
            outputs[f"export {kind}"] = world.program(0, place, argv).out
    hidden = {m.token for m in session.messages if m.redacted == "yes"}
    for name, out in outputs.items():
        seen = hidden & set(TOKEN.findall(out))
        _report(world, f"redacted and in {name} of {session.id} in c{place.number}", sorted(seen))
    _exact(world, place, session, [str(m["content"]) for m in done.json["messages"]])


def _exact(world: World, place: Place, session: Session, shown: list[str]) -> None:
    """Messages that nobody edited or hid are shown once and as they were said."""
    plain: Callable[[Said], bool] = lambda m: (  # noqa: E731
        m.kind == "message" and m.side == "team" and m.redacted == "no" and m.purged == "no"
        and not m.edited and m.token not in world.ledger.forgiven
    )  # fmt: skip
    counts = Counter(text.strip() for text in shown)
    wrong = [m.token for m in session.messages if plain(m) and counts[m.text.strip()] != 1]
    _report(world, f"not shown as said in {session.id} in c{place.number}", wrong)
