"""The queue's drain: each commit gets its sessions, whatever became of it, and gets them once."""

import time
from collections.abc import Iterable

import pytest

from box import Clone
from git_naturecode import linking
from git_naturecode.domain.drafts import message
from git_naturecode.domain.links import Link, Wrote
from git_naturecode.linking.queue import Drained
from git_naturecode.store.store import PRIVATE, TEAM


def told(clone: Clone, *lines: str) -> Drained:
    """What a drain says after the hooks have written `lines`."""
    with open(clone.path / ".git/naturecode/queue", "a") as file:
        file.writelines(line + "\n" for line in lines)
    with clone.store(many=False) as store:
        return linking.drain(store)


def found(clone: Clone, commit: str = "HEAD") -> list[Link]:
    oid = clone.git("rev-parse", commit).strip()
    with clone.store(many=False) as store:
        return linking.find(store, oid)


def change(clone: Clone, name: str, text: str, *message: str) -> str:
    """A commit that writes `text` to the file `name`; its id."""
    (clone.path / name).write_text(text)
    clone.git("add", name)
    clone.git("commit", "-q", *(word for one in message or (name,) for word in ("-m", one)))
    return clone.git("rev-parse", "HEAD").strip()


HEAD = "0" * 40  # unknown


def made(clone: Clone, commit: str, *sessions: str) -> str:
    """The line about a commit."""
    return (
        f"commit {int(time.time())} {commit} {HEAD} {','.join(sessions) or '-'} {clone.path}/.git"
    )


def trailer(*sessions: str) -> str:
    return "\n".join(f"NatureCode-Session: {one}" for one in sessions)


def sessions_of(links: Iterable[Link]) -> set[str]:
    return {link.session for link in links}


@pytest.mark.parametrize("visibility", ["team", "private"])
def test_a_commit_is_linked_on_the_side_of_its_session(clone: Clone, visibility: str) -> None:
    session = clone.start(visibility=visibility)
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    assert told(clone, made(clone, commit, session)).linked == 1
    (link,) = found(clone)
    assert (link.session, link.via, link.commit) == (session, "hook", commit)
    assert link.tree == clone.git("rev-parse", "HEAD^{tree}").strip()
    assert link.patch
    with clone.store() as store:
        side = store.team if visibility == "team" else store.private
        (placed,) = [p for p in store.read(session[-8:], "session") if p.entry.kind == "link"]
        assert placed.side == side.name
    assert told(clone, made(clone, commit, session)).linked == 0


def said(verb: str, head: str, *sessions: str) -> str:
    """The line of a hook about the commit that comes next on `head`."""
    return " ".join([verb, "0", head, *([",".join(sessions)] if sessions else []), "."])


def test_what_a_hook_has_chosen_counts_more_than_what_is_active(clone: Clone) -> None:
    mine, other = clone.start("Mine"), clone.start("Other")
    clone.git("config", "naturecode.trailer", "never")
    heads, lines = [clone.git("rev-parse", "HEAD").strip()], []
    for number in range(4):
        heads.append(change(clone, "a.py", f"{number}\n", f"Number {number}"))
        lines.append(made(clone, heads[-1], mine).replace(HEAD, heads[-2]))
    told(
        clone, said("skip", heads[0]), said("on", heads[1], other),
        lines[0], lines[1], lines[2],
    )  # fmt: skip
    assert [sessions_of(found(clone, one)) for one in heads[1:4]] == [set(), {other}, {mine}]
    # A commit that was stopped after its hook, then another one.
    told(clone, said("skip", heads[3]), said("on", heads[3], other), lines[3])
    assert sessions_of(found(clone, heads[4])) == {other}
    clone.git("reset", "-q", "--hard", heads[4])
    heads.append(change(clone, "a.py", "once\n", "Once"))
    clone.git("reset", "-q", "--hard", heads[4])
    heads.append(change(clone, "a.py", "again\n", "Again"))
    both = [made(clone, one, mine).replace(HEAD, heads[4]) for one in heads[5:]]
    told(clone, said("skip", heads[4]), both[0], said("skip", heads[4]), both[1])
    assert [sessions_of(found(clone, one)) for one in heads[5:]] == [set(), set()]


def test_a_choice_waits_for_its_commit_and_no_longer(clone: Clone) -> None:
    clone.git("config", "naturecode.hooks", "true")
    clone.git("config", "naturecode.trailer", "never")
    session, state = clone.start(), clone.path / ".git/naturecode"
    clone.git("config", "core.hooksPath", "/dev/null")  # the lines of the hook are written here
    change(clone, "a.py", "0\n", "First")
    head = clone.git("rev-parse", "HEAD").strip()
    told(clone, said("skip", head))
    assert "skip" in (state / "queue.waiting").read_text()
    first = change(clone, "a.py", "1\n", "Not this")
    told(clone)
    second = change(clone, "a.py", "2\n", "This")
    told(clone, said("skip", second))
    clone.git("reset", "-q", "--hard", first)
    told(clone)  # gone elsewhere
    clone.git("reset", "-q", "--hard", second)
    third = change(clone, "a.py", "3\n", "This, too")
    told(clone)
    assert [sessions_of(found(clone, one)) for one in (first, second, third)] == [
        set(), {session}, {session},
    ]  # fmt: skip
    assert not (state / "queue.waiting").exists()


def test_the_message_counts_more_than_what_is_active(clone: Clone) -> None:
    mine, other = clone.start("Mine"), clone.start("Other")
    first = change(clone, "a.py", "one\n", "Add a", trailer(other))
    second = change(clone, "a.py", "two\n", "No hook has seen it")
    third = change(clone, "a.py", "three\n", "Come later", trailer("session-20260101-aaaaaaaa"))
    told(clone, *(made(clone, one, mine) for one in (first, second, third)))
    assert [sessions_of(found(clone, one)) for one in (first, second)] == [{other}, {mine}]
    assert "session-20260101-aaaaaaaa ." in (
        clone.path / ".git/naturecode/queue.waiting"
    ).read_text().replace(f"{clone.path}/.git", ".")
    with clone.store(many=False) as store:
        assert all(not link.entry for link in linking.find(store, third))


def test_a_note_says_it_and_is_built_again_when_it_is_lost(clone: Clone) -> None:
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    told(clone, made(clone, commit, session))
    assert (
        clone.git("notes", "--ref=naturecode/sessions", "show").split()
        == ["session", session, "via=hook", "messages=0"][:3]
    )
    tree = clone.git("rev-parse", "refs/notes/naturecode/sessions^{tree}")
    clone.git("update-ref", "-d", "refs/notes/naturecode/sessions")
    with clone.store(many=False) as store:
        linking.keep_notes(store)
    assert clone.git("rev-parse", "refs/notes/naturecode/sessions^{tree}") == tree


def test_a_rebase_does_not_give_commits_of_others_to_the_active_session(clone: Clone) -> None:
    """Some hooks note every commit that a rebase makes; there no trailer could say no."""
    clone.git("config", "naturecode.trailer", "never")
    mine, other = clone.start("Mine"), clone.start("Other")
    first = change(clone, "a.py", "one\n", "Add a")
    told(clone, made(clone, first, mine))
    clone.git("commit", "-q", "--amend", "-m", "Again")
    new = clone.git("rev-parse", "HEAD").strip()
    told(clone, made(clone, new, other), f"rewrite 1 rebase {first} {new}")
    assert sessions_of(found(clone)) == {mine}
    (link,) = found(clone)
    assert (link.via, link.origins) == ("rewrite", (first,))


def test_two_sessions_in_one_commit(clone: Clone) -> None:
    one, two = clone.start("One"), clone.start("Two")
    commit = change(clone, "a.py", "one\n", "Add a", trailer(one, two))
    assert told(clone, made(clone, commit, one, two)).linked == 2
    assert sessions_of(found(clone)) == {one, two}


def test_a_commit_that_is_gone_is_counted_and_carries_its_session_on(clone: Clone) -> None:
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    clone.git("commit", "-q", "--amend", "-m", "Without a trailer")
    new = clone.git("rev-parse", "HEAD").strip()
    clone.git("reflog", "expire", "--expire=all", "--all")
    clone.git("prune", "--expire=now")
    gone = told(clone, made(clone, commit, session), f"rewrite 1 amend {commit} {new}")
    assert (gone.linked, gone.gone) == (1, 0)
    assert sessions_of(found(clone)) == {session}
    assert told(clone, made(clone, "a" * 40, session)).gone == 1


def test_who_wrote_a_line_goes_along_with_it(clone: Clone) -> None:
    """The evidence is the line itself: a changed one has no author any more."""
    session = clone.start()
    lines = [f"line {number}\n" for number in range(1, 21)]
    old = change(clone, "a.py", "".join(lines), "Add a")
    with clone.store(many=False) as store:
        wrote = (Wrote("01m-a", "a.py", ((1, 10),)), Wrote("01m-b", "a.py", ((11, 20),)))
        linking.link(store, [Link(session, old, wrote=wrote)])
    changed = ["new at the top\n", *lines[:10], "changed\n", *lines[11:]]
    (clone.path / "a.py").write_text("".join(changed))
    clone.git("commit", "-q", "-a", "--amend", "-m", "Add a")
    new = clone.git("rev-parse", "HEAD").strip()
    told(clone, f"rewrite 1 amend {old} {new}")
    (link,) = found(clone)
    assert {one.message: one.ranges for one in link.wrote} == {
        "01m-a": ((2, 11),), "01m-b": ((13, 21),),
    }  # fmt: skip


def test_an_entry_that_claims_endless_lines_costs_nothing(clone: Clone) -> None:
    session = clone.start()
    old = change(clone, "a.py", "one\n", "Add a")
    with clone.store(many=False) as store:
        endless = tuple(Wrote(f"m{n}", "a.py", ((1, 999_999_999),)) for n in range(200))
        linking.link(store, [Link(session, old, wrote=endless)])
    clone.git("commit", "-q", "--amend", "-m", "Again")
    new = clone.git("rev-parse", "HEAD").strip()
    told(clone, f"rewrite 1 amend {old} {new}")
    (link,) = found(clone)
    assert {one.ranges for one in link.wrote} == {((1, 1),)}


def test_a_commit_without_any_message_is_linked(clone: Clone) -> None:
    session = clone.start()
    (clone.path / "a.py").write_text("one\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "--allow-empty-message", "-m", "")
    commit = clone.git("rev-parse", "HEAD").strip()
    assert told(clone, made(clone, commit, session)).linked == 1


def test_a_message_that_names_endless_sessions_costs_no_more_than_some(clone: Clone) -> None:
    named = [f"session-20261124-{n:08d}" for n in range(1500)]
    commit = change(clone, "a.py", "one\n", "Add a", trailer(*named))
    clone.git("notes", "--ref=naturecode/sessions", "add", "-m", "\n".join(
        f"session {one.replace('1124', '1123')} via=hook" for one in named
    ), commit)  # fmt: skip
    assert sessions_of(found(clone)) >= set(named[:100])
    assert len(found(clone)) <= 400


def test_what_private_messages_wrote_stays_with_them_until_they_are_shared(clone: Clone) -> None:
    session = clone.start()
    with clone.store() as store:
        shared, private = (
            store.write(side, session, [message("said here", "user")])[0].id
            for side in (TEAM, PRIVATE)
        )
        store.settle()
    commit = change(clone, "a.py", "one\ntwo\n")
    facts = (Wrote(shared, "a.py", ((1, 1),)), Wrote(private, "a.py", ((2, 2),)))
    with clone.store() as store:
        linking.link(store, [Link(session, commit, wrote=facts)])
    assert set(found(clone, commit)[0].wrote) == set(facts)
    note = ("log", "-1", "--format=%N", "--notes=naturecode/sessions", commit)
    record = clone.git("log", "-p", "naturecode", "refs/notes/naturecode/sessions")
    assert shared in record
    assert private not in record
    clone.nc("session", "share", session)
    assert set(found(clone, commit)[0].wrote) == set(facts)
    assert private in clone.git(*note)
