"""The kinds of damage: what is done to a clone, and what the doctor has to say of it."""

import os

from damage import (
    REF,
    Damage,
    alternates,
    checked_out,
    clock_ahead,
    conflicted,
    copied,
    doubted,
    edit,
    folder_instead,
    forced_back,
    git_dir,
    gone_long_ago,
    key,
    loose,
    lose,
    lost_and_gone,
    lost_long_ago,
    mangle,
    no_way_back,
    not_excluded,
    old,
    only_blobs_stay,
    pack_and_lose,
    seal,
    segment,
    set_config,
    state,
    undrained,
    write,
)

DAMAGES: dict[str, Damage] = {
    "an empty ref": Damage(lambda c: write(git_dir(c) / REF), "branch"),
    "a ref of rubbish": Damage(lambda c: write(git_dir(c) / REF, "\0\0\0\0"), "branch"),
    "a ref to nothing": Damage(lambda c: write(git_dir(c) / REF, "5" * 40 + "\n"), "branch"),
    "a ref to a blob": Damage(
        lambda c: write(git_dir(c) / REF, c.git("rev-parse", f"{REF}:README.md")), "branch"
    ),
    "a symbolic ref": Damage(lambda c: c.git("symbolic-ref", REF, "refs/heads/main"), "branch"),
    "no ref": Damage(lambda c: c.git("update-ref", "-d", REF), "branch"),
    "a lost commit": Damage(lambda c: lose(c, REF), "branch"),
    "a lost commit of a packed ref": Damage(pack_and_lose, "branch"),
    "a lost tree": Damage(lambda c: lose(c, f"{REF}^{{tree}}"), "branch"),
    "a lost folder": Damage(lambda c: lose(c, f"{REF}:log/session"), "branch"),
    "a lost log": Damage(lambda c: lose(c, f"{REF}:{segment(c)}"), "branch", takes="log"),
    "a damaged log": Damage(
        lambda c: mangle(loose(c, f"{REF}:{segment(c)}")), "record", takes="log"
    ),
    "a damaged commit": Damage(lambda c: mangle(loose(c, REF)), "branch"),
    "an empty ref without a reflog": Damage(lambda c: write(no_way_back(c)), "branch"),
    "no ref and no journal": Damage(gone_long_ago, "branch", takes="journal"),
    "a lost commit and no journal": Damage(lost_long_ago, "branch", takes="journal"),
    "a damaged commit, no ref, no journal": Damage(lost_and_gone, "branch", takes="journal"),
    "nothing but blobs": Damage(only_blobs_stay, "branch", takes="journal"),
    "a branch set back": Damage(forced_back, "journal"),
    "a text edited by hand": Damage(
        lambda c: edit(c, lambda d: d.replace(b"second", b"sec0nd")), "record", "warning"
    ),
    "a torn log": Damage(lambda c: edit(c, lambda d: d[:-40]), "record", "warning"),
    "marks of a conflict": Damage(lambda c: edit(c, conflicted), "record", "warning"),
    "other line ends": Damage(
        lambda c: edit(c, lambda d: d.replace(b"\n", b"\r\n")), "record", "warning"
    ),
    "a log that is none": Damage(lambda c: edit(c, lambda _: b"# Hello\n"), "record"),
    "where the remote stood, lost": Damage(
        lambda c: write(git_dir(c) / "refs/remotes/origin/naturecode", "5" * 40 + "\n"),
        "branch",
        "warning",
    ),
    "a lock": Damage(
        lambda c: old(write(git_dir(c) / f"{REF}.lock")),
        "locks",
        "warning",
        says="heads/naturecode.lock",
    ),
    "a lock of the private branch": Damage(
        lambda c: old(write(state(c, "private.git", f"{REF}.lock"))),
        "locks",
        "warning",
        says="private.git/refs/heads/naturecode.lock",
    ),
    "a lock of notes": Damage(
        lambda c: old(write(git_dir(c) / "refs/notes/naturecode/kb.lock")),
        "locks",
        "warning",
        says="kb.lock",
    ),
    "a lock that is not ours": Damage(
        lambda c: old(write(git_dir(c) / "packed-refs.lock")),
        "locks",
        "warning",
        left=True,
        says="packed-refs.lock",
    ),
    "a private repository without HEAD": Damage(
        lambda c: state(c, "private.git/HEAD").unlink(), "private", says="HEAD"
    ),
    "a private configuration of rubbish": Damage(
        lambda c: write(state(c, "private.git/config"), "[core\n"), "private", says="bad config"
    ),
    "a lost private ref": Damage(lambda c: write(state(c, "private.git", REF)), "branch"),
    "a private repository that others can read": Damage(
        lambda c: state(c, "private.git").chmod(0o755), "access", says="private.git"
    ),
    "a private repository with a remote": Damage(
        lambda c: c.git("--git-dir", str(state(c, "private.git")), "remote", "add", "o", "/x"),
        "private",
        says="has a remote",
    ),
    "a remote that is the private repository": Damage(
        lambda c: c.git("remote", "add", "mine", str(state(c, "private.git"))),
        "private",
        says="remote mine",
    ),
    "the private repository as alternate": Damage(alternates, "private", says="alternates"),
    "a key that others can read": Damage(lambda c: key(c).chmod(0o644), "access", says=".key"),
    "a seal key that others can read": Damage(
        lambda c: seal(c).chmod(0o644), "access", says=".seal", alone=True
    ),
    "a member key that others can read": Damage(
        lambda c: (key(c).parent.parent / "member.key").chmod(0o640),
        "access",
        says="member.key",
        alone=True,
    ),
    "no seal key": Damage(
        lambda c: seal(c).unlink(), "person", "warning", left=True, says="is gone", alone=True
    ),
    "a seal key of rubbish": Damage(
        lambda c: write(seal(c), "-----"),
        "person",
        "warning",
        left=True,
        says="damaged",
        alone=True,
    ),
    "no certificate": Damage(
        lambda c: state(c, "introduced").unlink(),
        "person",
        "warning",
        says="no key of yours",
        alone=True,
    ),
    "no key": Damage(lambda c: key(c).unlink(), "device", says="gone"),
    "a key of rubbish": Damage(
        lambda c: write(key(c), "-----"), "device", says="not that of this device"
    ),
    "a torn device": Damage(
        lambda c: write(state(c, "device"), "{"), "device", says="does not know who"
    ),
    "a copied clone": Damage(copied, "device", "warning", says="copied"),
    "a state file of rubbish": Damage(
        lambda c: write(state(c, "active"), b"\xff"), "device", "warning", says="active"
    ),
    "a folder in place of a state file": Damage(
        lambda c: folder_instead(state(c, "admitted")),
        "device",
        "warning",
        says="admitted",
    ),
    "a clock ten years ahead": Damage(clock_ahead, "clock", "warning", says="days ahead"),
    "an index of rubbish": Damage(
        lambda c: write(state(c, "index.db"), b"SQLite" + os.urandom(5000)),
        "index",
        "warning",
        says="index.db",
    ),
    "a folder as index": Damage(
        lambda c: folder_instead(state(c, "index.db")),
        "index",
        "warning",
        says="no file",
    ),
    "a text that waits": Damage(undrained, "spool", "warning", says="1 text safe"),
    "a text that cannot be read": Damage(
        lambda c: write(state(c, "spool/team-unreadable/x"), "?"),
        "spool",
        "warning",
        left=True,
        says="set aside",
    ),
    "a text of a later version": Damage(
        lambda c: write(state(c, "spool/team/0"), "---\nnaturecode: log/2\nx: y\n"),
        "spool",
        "warning",
        left=True,
        says="later version",
    ),
    "a half-written text": Damage(
        lambda c: old(write(state(c, "spool/team/.x"), "half")),
        "spool",
        "warning",
        says="not written to the end",
    ),
    "a doubt": Damage(doubted, "spool", "warning", says="the log has lost"),
    "a branch that cannot be": Damage(
        set_config("naturecode.branch", "a..b"), "settings", says="a..b", alone=True
    ),
    "a branch of code": Damage(
        set_config("naturecode.branch", "main"), "settings", says="branch of code", alone=True
    ),
    "another branch": Damage(
        set_config("naturecode.branch", "nature"), "settings", says="not there", alone=True
    ),
    "an unknown remote": Damage(
        set_config("naturecode.remote", "upstream"), "settings", says="upstream", alone=True
    ),
    "a number that is none": Damage(
        set_config("naturecode.timeout", "soon"), "settings", says="timeout"
    ),
    "a flag that is none": Damage(
        set_config("naturecode.autoSync", "maybe"), "settings", says="autoSync"
    ),
    "gc without grace": Damage(
        set_config("gc.pruneExpire", "now"), "git settings", "warning", says="gc.pruneExpire"
    ),
    "no reflogs": Damage(
        set_config("core.logAllRefUpdates", "false"),
        "git settings",
        "warning",
        says="logAllRefUpdates",
    ),
    "no refspec for notes": Damage(
        lambda c: c.git("config", "--unset-all", "remote.origin.fetch", "notes"),
        "remote",
        "warning",
        says="does not bring",
    ),
    "a fetch into the branch": Damage(
        set_config("--add", "remote.origin.fetch", "+refs/heads/nat*:refs/heads/nat*"),
        "remote",
        says="itself",
    ),
    "a forced push": Damage(
        set_config("remote.origin.push", "+refs/heads/*:refs/heads/*"),
        "remote",
        "warning",
        left=True,
        says="forces",
    ),
    "a mirror": Damage(
        set_config("remote.origin.mirror", "true"), "remote", "warning", left=True, says="mirror"
    ),
    "a folder that is not excluded": Damage(not_excluded, "exclude", "warning", says="not ignored"),
    "a branch that is checked out": Damage(
        checked_out, "work trees", "warning", left=True, says="checked out"
    ),
    "a ref of a dead process": Damage(
        lambda c: c.git("update-ref", "refs/naturecode/incoming/origin/4194305-x/heads/n", "main"),
        "leftovers",
        "warning",
        says="1 ref",
    ),
    "an object never finished": Damage(
        lambda c: old(write(git_dir(c) / "objects/17/tmp_object_git2_a1b2c3", "x")),
        "leftovers",
        "warning",
        says="tmp_object",
    ),
    "a report of a crash": Damage(
        lambda c: old(write(git_dir(c) / "fast_import_crash_77", "x")),
        "leftovers",
        "warning",
        says="fast_import_crash",
    ),
}
