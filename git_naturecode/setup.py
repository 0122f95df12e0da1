"""Init: set one clone up, asking nothing, and say what was done."""

from dataclasses import dataclass, field

from git_naturecode import identity, kb, linking, sync, trusting
from git_naturecode.errors import NaturecodeError, Remote
from git_naturecode.git import remote
from git_naturecode.git.repo import read_config
from git_naturecode.hooks import install, switch
from git_naturecode.kb import beside
from git_naturecode.store import device, exclude, place
from git_naturecode.store.notes import PREFIX
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store


@dataclass
class Done:
    """What init found and did, one sentence each."""

    device: str
    remote: str | None
    lines: list[str] = field(default_factory=list)


def init(
    store: Store, named: str | None, *, folder: bool = True, hooks: bool = True,
    capture: bool | None = None, label: str = "",
) -> Done:  # fmt: skip
    """Make what is missing: device key, data branch, remote, refspecs, hooks. Idempotent.

    `label` is how others shall see the device called; "" leaves it.

    Without `folder` no work tree of this clone gets a folder `.naturecode/`, without `hooks` none
    of them is installed, now or later. `capture` switches capture on or off, None leaves it.
    """
    known = device.read(store.state_dir)
    mine = device.ensure(store.state_dir, store.environ, store.random)
    done = Done(mine, sync.choose_remote(store, named))
    done.lines.append(
        f"this clone is device {mine}" + (" (as before)" if known else "; its key was made")
    )
    _branch(store, done)
    _link(store, done)
    _call(store, done, label)
    _remote(store, done, named)
    _notes(store, done)
    _folder(store, done, folder)
    _hooks(store, done, hooks, capture)
    return done


def _link(store: Store, done: Done) -> None:
    """Have the key of this person certify the device; without one everything else works."""
    known = identity.linked(store)
    if known:
        done.lines.append(f"the device is linked to {known} (as before)")
        return
    try:
        made = identity.certify(store)
    except NaturecodeError as error:
        why = f"{error.message}; {error.hint}" if error.hint else error.message
        done.lines.append(f"the device is linked to no key of yours: {why}")
        return
    if identity.is_introduced(store):
        trusting.append(store, [made.operation])
    done.lines += [f"not used: {why}" for why in made.passed]
    done.lines.append(f"the device is linked to {made.key} ({made.place})")


def _call(store: Store, done: Done, label: str) -> None:
    """Say how others see the device called, since they all read it."""
    (said,) = identity.first_ops(store)
    if label and said["label"] != label:
        operations = identity.renamed(store, label)
        if identity.is_introduced(store):
            trusting.append(store, operations)
        (said,) = operations
    called = f'others see it called "{said["label"]}"'
    done.lines.append(f"{called}; `git naturecode device rename NAME` changes that")


def _branch(store: Store, done: Done) -> None:
    had = store.team.head()
    tracked = f"refs/remotes/{done.remote}/{store.branch}"
    theirs = store.team.objects.resolve(tracked) if done.remote else None
    if had is None and theirs is not None:
        problems = sync.take_in_fetched(store)
        if store.team.head() is None:
            raise Remote(
                f"the data branch of {done.remote} cannot be taken in ({''.join(problems[-1:])})",
                "mend that, then run `git naturecode init` again",
            )
        done.lines.append(f"the data branch `{store.branch}` was taken from {done.remote}")
        # What `git clone` has not brought, since it fetches branches: the branch tells it as well.
        if count := linking.keep_notes(store):
            commits = f"{count} commit" + "s" * (count != 1)
            done.lines.append(f"the notes that name sessions are there on {commits}")
        kb.keep_notes(store)
        beside.pass_over(store)
    elif had is None:
        store.team.begin()
        beside.pass_over(store)
        done.lines.append(f"the data branch `{store.branch}` was made")
    else:
        done.lines.append(f"the data branch `{store.branch}` is there")


def _remote(store: Store, done: Done, named: str | None) -> None:
    if done.remote is None:
        done.lines.append("there is no remote yet: everything stays in this clone until there is")
        return
    program = store.repo.program
    before = store.config.get("naturecode.remote")
    if named or not before:
        program.run("config", "--local", "naturecode.remote", done.remote)
    done.lines.append(f"sync goes to {done.remote}")
    key = f"remote.{done.remote}.fetch"
    for spec in remote.missing_refspecs(store.config, done.remote, store.branch):
        program.run("config", "--local", "--add", key, spec)
        done.lines.append(f"a plain `git fetch` will also bring {spec.split(':')[0].lstrip('+')}")


def _notes(store: Store, done: Done) -> None:
    """Let git take notes along when it makes a commit anew, and merge them line by line.

    What the user has set himself stays; which notes `git log` shows is his business.
    """
    wanted = {"notes.rewriteMode": "cat_sort_uniq", **{
        f"notes.naturecode/{name}.mergeStrategy": "cat_sort_uniq" for name in ("sessions", "kb")
    }}  # fmt: skip
    program, changed = store.repo.program, False
    covering = (f"{PREFIX}*", f"{PREFIX}sessions", "refs/notes/*")
    if not any(ref in covering for ref in store.config.all("notes.rewriteRef")):
        program.run("config", "--local", "--add", "notes.rewriteRef", f"{PREFIX}*")
        changed = True
    for key, value in wanted.items():
        if not store.config.get(key):
            program.run("config", "--local", key, value)
            changed = True
    if changed:
        done.lines.append(
            "notes on commits follow a rebase; `git log --notes=naturecode/*` shows them"
        )


def _folder(store: Store, done: Done, wanted: bool) -> None:
    if not wanted:
        store.repo.program.run("config", "--local", "naturecode.folder", "false")
        done.lines.append(f"no {NAME}/ is written; `git naturecode folder --on` changes that")
    elif not place.is_on(store):
        done.lines.append(f"no {NAME}/ is written here")
    else:
        added = exclude.ensure(store.repo)
        done.lines.append(
            f"{NAME}/ shows in files what is shared and your own sessions"
            + ("; .git/info/exclude keeps it out of `git status`" if added else "")
        )


def _hooks(store: Store, done: Done, wanted: bool, capture: bool | None) -> None:
    repo = store.repo
    if switch.capture(repo, store.config, capture):
        done.lines.append(
            "capture is on: a commit is linked to the conversation of the agent that wrote it "
            "(private until you share it); `git naturecode init --no-capture` ends that"
        )
    elif capture is False:
        done.lines.append("capture is off")
    if not wanted:
        switch.want(repo, store.config, False)
    config = read_config(repo)
    if not install.wanted(config):
        done.lines.append("no hooks are installed; `git naturecode hooks install` changes that")
        return
    here = install.ground(repo, config, store.environ, store.branch)
    try:
        said = install.install(here, install.usual(repo, config))
    except (NaturecodeError, OSError) as error:
        why, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
        done.lines.append(f"no hooks were installed: {why}" + (f" ({hint})" if hint else ""))
        return
    done.lines += said or ["the hooks are installed"]
    if config.flag("naturecode.syncOnPush", True):
        done.lines.append(
            "after your `git push`, what is already shared is synced in the background "
            "(naturecode.syncOnPush)"
        )
