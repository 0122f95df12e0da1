"""Which hooks this clone has and where: installed, kept as they have to be, taken out."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from git_naturecode.config import Config
from git_naturecode.errors import NaturecodeError
from git_naturecode.git.repo import Repo, read_config
from git_naturecode.hooks import (
    CAPTURE,
    COMMIT,
    NAMES,
    QUIET,
    RETIRED,
    WANTED,
    files,
    is_capturing,
    listed,
    places,
)
from git_naturecode.hooks.places import Place
from git_naturecode.hooks.shims import Program
from git_naturecode.store import active
from git_naturecode.store.lock import hold

_SCRIPT = "git-naturecode"
_PATIENCE = 10.0
_OPEN = (places.OWN, places.IGNORED)  # nobody but this clone is concerned


@dataclass
class Record:
    """What was installed here: the hooks, the folders with our files, those that we have made.

    `listed` when they are named in git's configuration instead; `refused` is a folder about which
    the user was told that he has to want it; `followed` when those of a commit came with a session
    and go with it.
    """

    names: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    listed: bool = False
    refused: str = ""
    followed: bool = False


@dataclass
class Ground:
    """The clone whose hooks these are."""

    repo: Repo
    config: Config
    program: Program

    @property
    def own(self) -> str:
        """Where our scripts are without any other hook, for git's configuration and for callers."""
        return os.path.join(self.repo.state_dir, "hooks")

    def load(self) -> Record:
        """What was installed here; nothing where that cannot be read."""
        try:
            with open(self._record, encoding="utf-8", errors="surrogateescape") as file:
                return Record(**json.load(file))
        except (OSError, ValueError, TypeError):
            return Record()

    def save(self, record: Record) -> None:
        """Remember `record`; forget all when nothing is installed."""
        if not (record.names or record.refused):
            with suppress(FileNotFoundError):
                os.unlink(self._record)
            return
        with open(self._record + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(record.__dict__, file, ensure_ascii=False)
        os.replace(self._record + ".new", self._record)

    @property
    def _record(self) -> str:
        return os.path.join(self.repo.state_dir, "hooks.json")


def ground(repo: Repo, config: Config, environ: Mapping[str, str], branch: str) -> Ground:
    """The clone `repo`, whose data branch is `branch`, and the program that runs here."""
    return Ground(repo, config, Program(_program(environ), branch))


def _program(environ: Mapping[str, str]) -> str:
    """The path of this program; its mere name where it has none, so that PATH decides."""
    run, beside = sys.argv[0], os.path.join(os.path.dirname(sys.executable), _SCRIPT)
    if os.path.basename(run) == _SCRIPT and os.access(run, os.X_OK):
        return os.path.abspath(run)
    if os.access(beside, os.X_OK):
        return beside
    return shutil.which(_SCRIPT, path=environ.get("PATH")) or _SCRIPT


def wanted(config: Config) -> bool:
    """False when the user has said that he wants no hooks."""
    return config.flag(WANTED, True)


def usual(repo: Repo, config: Config) -> tuple[str, ...]:
    """The hooks that a clone in this state is to have."""
    busy = config.flag(CAPTURE, False) or is_active(repo)
    return NAMES if busy else QUIET


def is_active(repo: Repo) -> bool:
    """True when commits of this work tree belong to a session."""
    try:
        return os.path.getsize(os.path.join(repo.git_dir, "naturecode", "active")) > 0
    except OSError:
        return False


def install(
    here: Ground, names: Iterable[str] = NAMES, *, shared: bool = False, as_files: bool = False
) -> list[str]:
    """Install the hooks `names`, besides those that are there; what was done, one sentence each.

    In git's configuration where git has hooks there, unless `as_files`; else as files in front of
    those that are in the folder of core.hooksPath. That must be this clone's own, unless `shared`.
    Raises NeedsConsent, OSError.
    """
    with hold(os.path.join(here.repo.state_dir, "hooks.lock"), _PATIENCE):
        record = here.load()
        place = places.find(here.repo, here.config)
        if place.kind == places.OFF:
            raise places.refuse(place)
        wished = [name for name in NAMES if name in {*names, *record.names}]
        by_list = not as_files and listed.are_known(here.repo)
        if not by_list and not (place.kind in _OPEN or shared or place.folder in record.folders):
            here.save(Record(**{**record.__dict__, "refused": place.folder}))
            raise places.refuse(place)
        done = _retire(here, record)
        record.names, record.refused, record.followed = wished, "", False
        for name in wished:
            _write_own(here, name)
        done += (_list if by_list else _put)(here, record, place)
        here.save(record)
    return done


def _retire(here: Ground, record: Record) -> list[str]:
    """Take out what versions before have installed and this one has not."""
    old = [name for name in RETIRED if name in record.names]
    said = [files.uninstall(one, name) for one in record.folders for name in old]
    for name in old:
        if name in listed.listed(here.config):
            listed.erase(here.repo, name)
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(here.own, name))
    return [one for one in said if one]


def _write_own(here: Ground, name: str) -> None:
    os.makedirs(here.own, exist_ok=True)
    files.install(here.own, name, here.program)


def _list(here: Ground, record: Record, _place: Place) -> list[str]:
    done = _out_of_folders(record)
    new = [name for name in record.names if listed.write(here.repo, here.config, name)]
    here.config = read_config(here.repo)
    record.listed = True
    if new:
        done.append(f"hooks, named in this repository's configuration: {', '.join(new)}")
    return done


def _put(here: Ground, record: Record, place: Place) -> list[str]:
    _unlist(here)
    record.listed = False
    if not os.path.isdir(place.folder):
        os.makedirs(place.folder)
        record.made.append(place.folder)
    if place.folder not in record.folders:
        record.folders.append(place.folder)
    here.save(record)  # a kill in between must not make us forget where our files are
    said = [files.install(place.folder, name, here.program) for name in record.names]
    new = [one for one in said if one]
    return [f"hooks in {place.folder}: {', '.join(new)}"] if new else []


def follow(here: Ground) -> list[str]:
    """Install what a work tree with an active session is to have, where that is missing.

    Where no work tree has one any more, what came with it is taken out. What was done; or once,
    what somebody has to decide. Costs a few file tests where all is as it has to be.
    """
    if not is_active(here.repo):
        return _rest(here)
    if not wanted(here.config) or _is_there(here):
        return []
    before = here.load()
    followed = before.followed or not set(COMMIT) <= set(before.names)
    try:
        install(here, NAMES)
        here.save(Record(**{**here.load().__dict__, "followed": followed}))
        return ["commits made here name the session now; `git naturecode hooks status` says how"]
    except (NaturecodeError, OSError) as error:
        hint = getattr(error, "hint", "")
        said = getattr(error, "message", str(error))
        return [
            f"commits are not linked to this session: {said}",
            *([f"hint: {hint}"] * bool(hint)),
        ]


def _rest(here: Ground) -> list[str]:
    """Take the hooks out that cost something at every commit, if they only came with a session."""
    if not here.load().followed or is_capturing(here.repo) or active.is_anywhere(here.repo):
        return []
    try:
        with hold(os.path.join(here.repo.state_dir, "hooks.lock"), _PATIENCE):
            record = here.load()
            said = [files.uninstall(one, name) for one in record.folders for name in COMMIT]
            if record.listed:
                for name in COMMIT:
                    listed.erase(here.repo, name)
            for name in COMMIT:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(here.own, name))
            record.names = [name for name in record.names if name not in COMMIT]
            record.followed = False
            here.save(record)
    except OSError:  # they stay for nothing, which does no harm
        return []
    return [one for one in said if one]


def _is_there(here: Ground) -> bool:
    record = here.load()
    if not set(record.names) <= set(NAMES):
        return False
    if set(COMMIT) <= set(record.names) and record.listed:
        return set(COMMIT) <= set(listed.listed(here.config))
    folder = places.folder(here.repo, here.config)
    if record.refused == folder:
        return True
    ours = all(os.path.exists(os.path.join(folder, name)) for name in COMMIT)
    return ours and folder in record.folders and set(COMMIT) <= set(record.names)


def uninstall(here: Ground) -> list[str]:
    """Take every hook of ours out; what there is to say about it, one sentence each.

    Hooks that were there before are there again, to the byte. Raises OSError.
    """
    with hold(os.path.join(here.repo.state_dir, "hooks.lock"), _PATIENCE):
        record = here.load()
        had = bool(record.names) or bool(listed.listed(here.config))
        usual_folder = os.path.join(here.repo.common_dir, "hooks")
        if usual_folder not in record.folders:
            record.folders.append(usual_folder)
        done = _out_of_folders(record)
        _unlist(here)
        shutil.rmtree(here.own, ignore_errors=True)
        here.save(Record())
    return [*done, "hooks: taken out" if had else "there were no hooks of ours"]


def _out_of_folders(record: Record) -> list[str]:
    done = []
    for folder in record.folders:
        if os.path.isdir(folder):
            done += [files.uninstall(folder, name) for name in (*NAMES, *RETIRED)]
        if folder in record.made:
            with suppress(OSError):
                os.rmdir(folder)
    record.folders, record.made = [], []
    return [one for one in done if one]


def _unlist(here: Ground) -> None:
    for name in listed.listed(here.config):
        listed.erase(here.repo, name)
    here.config = read_config(here.repo)
