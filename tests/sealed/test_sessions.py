"""Encrypted sessions as people use them: who is let in reads, nobody else does, all goes on."""

from pathlib import Path

from box import Box, Clone
from crews import joined, synced
from git_naturecode import trusting
from git_naturecode.domain import drafts, epochs
from git_naturecode.domain.kinds import open_index
from git_naturecode.domain.people import RIGHTS
from git_naturecode.sealed import LazyVault
from git_naturecode.store.store import TEAM
from sealed.people import ADA, BEN, CY, SECRET, begun, everything


def test_who_is_invited_reads_and_answers_and_others_see_one_line(
    ada: Clone, ben: Clone, cy: Clone
) -> None:
    entity = begun(ada, BEN)
    synced(ada, ben, cy)
    assert ben.texts(entity) == [SECRET]
    ben.nc("session", "join", entity)
    ben.nc("session", "say", entity, "and the lion")
    synced(ben, ada, cy)
    assert ada.texts(entity) == [SECRET, "and the lion"]
    shown = cy.nc("session", "show", entity).out
    assert "rhinoceros" not in shown.lower()
    assert "lion" not in shown
    assert f"encrypted for: {ADA}, {BEN}" in shown
    assert "encrypted; there is no key for it here" in shown
    assert shown.count("there is no key for it here") == 1
    assert cy.texts(entity) == ["", ""]
    assert "encrypted, and not for you" in cy.nc("session", "say", entity, "me too", code=5).err


def test_no_plaintext_is_anywhere_but_before_the_eyes_of_a_reader(ada: Clone, ben: Clone) -> None:
    entity = begun(ada, BEN)
    ada.nc("session", "comment", entity, "a porcupine", "--on", "1")
    ada.nc("session", "edit", entity, "1", "the chimpanzee plan")
    ada.nc("session", "edit", entity, "--name", "Gnu", "--summary", "About a salamander")
    (ada.path / "ibex.txt").write_text("x")
    ada.git("add", "ibex.txt")
    ada.nc("session", "file", entity, "ibex.txt")
    synced(ada, ben)
    for clone in (ada, ben):
        for command in (
            ("session", "list"), ("session", "show", entity), ("session", "search", "chimpanzee"),
            ("folder",), ("status",), ("redact", "--check"),
        ):  # fmt: skip
            clone.nc(*command)
    for clone in (ada, ben):
        data = everything(clone).lower()
        for secret in (b"rhinoceros", b"porcupine", b"chimpanzee", b'gnu"', b"salamander"):
            assert secret not in data, secret
    shown = ben.nc("session", "show", entity).out
    for word in ("porcupine", "chimpanzee", "Gnu", "salamander"):
        assert word in shown


def test_lists_and_searches_open_what_the_reader_may_read(
    ada: Clone, ben: Clone, cy: Clone
) -> None:
    entity = begun(ada, BEN)
    synced(ada, ben, cy)
    for clone in (ada, ben):
        assert "Rhinoceros" in clone.nc("session", "list").out
        hit = clone.nc("session", "search", "rhinoceros", "--json").json["items"][0]
        assert (hit["id"], hit["name"]) == (entity, "Rhinoceros")
    assert "(encrypted)" in cy.nc("session", "list").out
    assert "sealed" in cy.nc("session", "list").out
    cy.nc("session", "search", "rhinoceros", code=1)
    (row,) = cy.nc("session", "list", "--json").json["items"]
    assert row["encrypted"]
    assert set(row["participants"]) == {ADA, BEN}
    assert (row["messages"], row["name"]) == (1, "")


def test_a_removed_person_cannot_read_what_is_said_after(
    ada: Clone, ben: Clone, zebra: str
) -> None:
    assert ben.texts(zebra) == [SECRET]
    said = ada.nc("session", "remove", zebra, BEN)
    assert "a new key is used from now on" in said.err
    ada.nc("session", "say", zebra, "without ben")
    synced(ada, ben)
    assert ben.texts(zebra) == [SECRET, ""]
    assert ada.texts(zebra) == [SECRET, "without ben"]
    assert "encrypted" in ben.nc("session", "say", zebra, "still here?", code=5).err


def test_who_may_begin_epochs_and_was_sent_away_begins_none(
    ada: Clone, ben: Clone, zebra: str
) -> None:
    """Else each sync of the one would begin an epoch, and each of the other one again."""
    ada.nc("team", "role", BEN, "maintainer")
    synced(ada, ben)
    ben.nc("session", "say", zebra, "and the lion")
    synced(ben, ada)
    ada.nc("session", "remove", zebra, BEN)
    synced(ada, ben)
    for clone in (ben, ada, ben, ada):
        assert clone.nc("sync", "--json").json["sent"] == 0
    said = ben.nc("session", "say", zebra, "still here?", code=5)
    assert "goes on under a key that is not for you" in said.err
    shown = ben.nc("session", "show", zebra, "--json").json
    assert shown["readers"] == [ADA]
    ada.nc("session", "invite", zebra, BEN)
    ada.nc("session", "say", zebra, "come back")
    synced(ada, ben)
    ben.nc("session", "say", zebra, "here I am")
    synced(ben, ada)
    assert ada.texts(zebra) == [SECRET, "and the lion", "come back", "here I am"]


def test_a_member_who_is_removed_from_the_team_gets_no_further_key(
    ada: Clone, ben: Clone, zebra: str
) -> None:
    ada.nc("team", "remove", BEN)
    ada.nc("session", "say", zebra, "without ben")
    synced(ada, ben)
    assert ben.texts(zebra) == [SECRET, ""]


def test_who_comes_later_reads_from_then_on_unless_he_is_given_the_history(
    ada: Clone, ben: Clone
) -> None:
    entity = begun(ada)
    told = ada.nc("session", "invite", entity, BEN).err
    assert "they read what is said from now on; --with-history adds the rest" in told
    ada.nc("session", "say", entity, "welcome")
    synced(ada, ben)
    assert ben.texts(entity) == ["", "welcome"]
    assert "no key here for 1 of 2 texts" in ben.nc("session", "show", entity).out
    told = ada.nc("session", "invite", entity, BEN, "--with-history").err
    assert "from now on" not in told
    synced(ada, ben)
    assert ben.texts(entity) == [SECRET, "welcome"]


def test_who_has_no_device_yet_gets_the_key_at_a_later_sync(
    box: Box, hub: Path, ada: Clone
) -> None:
    entity = ada.nc("session", "start", "Rhinoceros", "--encrypt").out.strip()
    said = ada.nc("session", "invite", entity, BEN)
    ada.nc("session", "say", entity, SECRET)
    assert f"waiting for a key: {BEN}" in ada.nc("session", "show", entity).out, said
    ben = joined(box, hub, ada, "ben")
    synced(ada, ben)
    assert ben.texts(entity) == [""]
    ada.nc("session", "say", entity, "now you")
    synced(ada, ben)
    assert ben.texts(entity) == ["", "now you"]
    ben.nc("session", "say", entity, "thanks")
    synced(ben, ada)
    assert ada.texts(entity)[-1] == "thanks"


def test_a_second_clone_of_a_reader_is_given_the_key(
    box: Box, hub: Path, ada: Clone, ben: Clone, zebra: str
) -> None:
    laptop = box.person(hub, "ben", "ben-laptop")
    synced(laptop, ada)
    assert laptop.texts(zebra) == [SECRET]  # by the key of his other clone on this machine
    laptop.nc("session", "say", zebra, "from my laptop")
    synced(laptop, ben, ada)
    assert ada.texts(zebra) == ben.texts(zebra) == [SECRET, "from my laptop"]


def test_inviting_to_a_private_session_shares_it_with_him_alone(
    ada: Clone, ben: Clone, cy: Clone
) -> None:
    entity = ada.start("Rhinoceros", "private")
    ada.nc("session", "say", entity, SECRET)
    tried = ada.nc("session", "invite", entity, BEN, "--dry-run")
    assert "1 message" in tried.out
    assert not ada.nc("session", "show", entity, "--json").json["shared"]
    said = ada.nc("session", "invite", entity, BEN)
    assert "1 message" in said.out
    assert f"for: {ADA}, {BEN}" in said.err
    assert "what others still see" in said.err
    synced(ada, ben, cy)
    assert ben.texts(entity) == [SECRET]
    assert cy.texts(entity) == [""]
    assert b"rhinoceros" not in everything(cy).lower()


def test_encrypting_covers_what_is_said_from_then_on_and_says_so(ada: Clone, ben: Clone) -> None:
    entity = ada.start("Chimpanzee")
    ada.nc("session", "say", entity, "all may read this")
    said = ada.nc("session", "encrypt", entity)
    assert "2 entries from before can be read by all" in said.err
    assert "--rewrite" in said.err
    assert "encrypted already" in ada.nc("session", "encrypt", entity, code=1).err
    ada.nc("session", "say", entity, SECRET)
    synced(ada, ben)
    assert ada.texts(entity) == ["all may read this", SECRET]
    assert ben.texts(entity) == ["all may read this", ""]


def test_a_rewrite_seals_what_was_said_in_the_clear_and_takes_that_out(
    ada: Clone, ben: Clone
) -> None:
    entity = ada.start("Chimpanzee")
    ada.nc("session", "say", entity, SECRET)
    synced(ada, ben)
    assert b"rhinoceros" in everything(ben).lower()
    ada.nc("session", "encrypt", entity, "--rewrite", "--yes")
    synced(ada, ben)
    assert ada.texts(entity) == [SECRET]
    assert ada.nc("session", "show", entity, "--json").json["name"] == "Chimpanzee"
    ben.git("reflog", "expire", "--expire=now", "--all")
    ben.git("gc", "-q", "--prune=now")
    assert b"rhinoceros" not in everything(ben).lower()
    assert b"chimpanzee" not in everything(ben).lower()


def test_what_is_said_about_messages_works_as_ever(ada: Clone, ben: Clone, zebra: str) -> None:
    ben.nc("session", "comment", zebra, "really?", "--on", "1")
    ada.nc("session", "say", zebra, "to be hidden")
    ada.nc("session", "edit", zebra, "1", "the chimpanzee plan")
    ada.nc("session", "redact", zebra, "2", "--reason", "no")
    synced(ben, ada, ben)
    shown = ben.nc("session", "show", zebra, "--json").json
    assert [m["content"] for m in shown["messages"]] == ["the chimpanzee plan", ""]
    assert shown["messages"][1]["redaction"]["reason"] == "no"
    assert [c["content"] for c in shown["comments"]] == ["really?"]
    ada.nc("session", "close", zebra)
    ada.nc("session", "delete", zebra, "--yes")
    synced(ada, ben)
    assert ben.nc("session", "show", zebra, "--json").json["status"] == "deleted"


def test_a_fork_takes_the_sealed_entries_along(ada: Clone, ben: Clone, cy: Clone) -> None:
    entity = begun(ada, BEN)
    synced(ada, ben)
    fork = ben.nc("session", "fork", entity, "--name", "My own").out.strip()
    ben.nc("session", "say", fork, "on my own")
    synced(ben, ada, cy)
    assert ben.texts(fork) == [SECRET, "on my own"]
    assert ada.texts(fork) == ["", ""]  # it is Ben's
    assert cy.texts(fork) == ["", ""]
    ben.nc("session", "invite", fork, CY, "--with-history")
    synced(ben, cy)
    assert cy.texts(fork) == [SECRET, "on my own"]
    private = ben.nc(
        "session", "fork", entity, "--name", "Mine", "--visibility", "private"
    ).out.strip()
    assert ben.texts(private) == [SECRET]
    assert b"rhinoceros" not in everything(ben).lower()
    assert "--encrypt" in ben.nc("session", "share", private, code=1).err
    ben.nc("session", "share", private, "--encrypt")
    assert ben.texts(private) == [SECRET]


def test_an_export_without_loss_stays_encrypted_and_the_readable_ones_do_not(
    ada: Clone, ben: Clone, cy: Clone
) -> None:
    entity = begun(ada, BEN)
    synced(ada, ben, cy)
    bundle = ada.nc("session", "export", entity).out
    assert "rhinoceros" not in bundle.lower()
    assert SECRET in ada.nc("session", "export", entity, "--format", "markdown").out
    assert SECRET in ada.nc("session", "export", entity, "--format", "html").out
    assert "rhinoceros" not in cy.nc("session", "export", entity, "--format", "html").out.lower()
    file = ben.path.parent / "copy.md"
    file.write_text(bundle)
    ben.nc("session", "import", str(file))
    assert ben.texts(entity) == [SECRET]


def test_sharing_private_sessions_encrypted(ada: Clone, ben: Clone) -> None:
    entity = ada.start("Rhinoceros", "private")
    ada.nc("session", "say", entity, SECRET)
    ada.nc("session", "share", entity, "--encrypt")
    ada.nc("session", "say", entity, "more rhinoceroses")
    synced(ada, ben)
    assert ada.texts(entity) == [SECRET, "more rhinoceroses"]
    assert b"rhinoceros" not in everything(ben).lower()
    team = ada.start("Lion", "private")
    ada.nc("session", "say", team, "for the crew")
    ada.nc("session", "share", team, "--team", "Crew", "--encrypt")
    synced(ada, ben)
    assert ben.texts(team) == ["for the crew"]


def test_without_a_team_nothing_is_encrypted(box: Box, hub: Path) -> None:
    eve = box.person(hub, "eve")
    said = eve.nc("session", "start", "Rhinoceros", "--encrypt", code=5)
    assert "team create" in said.err
    assert not eve.ids()
    entity = eve.start("Rhinoceros", "private")
    assert "team create" in eve.nc("session", "invite", entity, BEN, code=5).err
    assert not eve.nc("session", "show", entity, "--json").json["shared"]


def test_a_purge_takes_sealed_texts_out_without_a_key(ada: Clone, ben: Clone, zebra: str) -> None:
    ada.nc("redact", "--rewrite", zebra, "1", "--yes")
    synced(ada, ben)
    shown = ben.nc("session", "show", zebra, "--json").json["messages"]
    assert [m["content"] for m in shown] == [""]
    assert "purged" in shown[0]["flags"]


def test_a_permission_that_its_author_may_not_give_is_not_believed_once_it_is_read(
    ada: Clone, ben: Clone, zebra: str
) -> None:
    """A changed program writes it; those who judge the ciphertext cannot see what it says."""
    ben.nc("session", "join", zebra)
    with ben.store() as store:
        store.judge, store.vault = trusting.judge_of(store), LazyVault(store)
        store.write(TEAM, zebra, [drafts.setting([], f"can:{BEN}", [*RIGHTS])])
        store.settle()
    synced(ben, ada)
    for clone in (ada, ben):
        people = clone.nc("session", "show", zebra, "--json").json["participants"]
        assert {p["userId"]: p["permissions"]["manage"] for p in people} == {ADA: True, BEN: False}
    ada.nc("session", "permit", zebra, BEN, "--can", "read,write,manage")
    synced(ada, ben)
    people = ben.nc("session", "show", zebra, "--json").json["participants"]
    assert all(p["permissions"]["manage"] for p in people)


def test_an_epoch_that_is_withdrawn_does_not_make_a_session_plain_again(
    box: Box, hub: Path, ada: Clone
) -> None:
    ben = joined(box, hub, ada, "ben", "--role", "maintainer")
    entity = ada.start("Open to all")
    synced(ada, ben)
    assert "session join" in ben.nc("session", "encrypt", entity, code=5).err
    ben.nc("session", "join", entity)
    ben.nc("session", "encrypt", entity)
    ben.nc("sync")
    ada.nc("team", "remove", BEN)  # without having seen that
    assert ada.tried("sync").code in (0, 3)
    said = ada.nc("session", "say", entity, SECRET, code=5)
    assert "does not count (any more)" in said.err
    assert b"rhinoceros" not in everything(ada)


def test_no_page_and_no_note_tells_of_what_is_encrypted(ada: Clone, ben: Clone) -> None:
    entity = begun(ada, BEN)
    said = ada.nc("session", "publish", entity, "--branch", "main", code=5)
    assert "is encrypted" in said.err
    ada.git("commit", "-q", "--allow-empty", "-m", "work")
    ada.nc("session", "attach", entity)
    synced(ada, ben)
    assert entity not in ada.git("log", "--show-notes=*", "-1")
    for clone in (ada, ben):
        assert b"rhinoceros" not in everything(clone).lower()


def rosters_of(clone: Clone, entity: str) -> list[set[str]]:
    """The devices that each epoch is for, the newest last."""
    with clone.store() as store:
        placed = store.read_all(entity[17:], "session")
    records = [epochs.read(one.entry.body or "") for one in placed if one.entry.kind == "epoch"]
    return [set(one.roster) for one in sorted(records, key=lambda one: one.number)]


def device_of(clone: Clone) -> str:
    with clone.store() as store:
        return store.device


def test_a_revoked_device_gets_no_further_key(
    box: Box, hub: Path, ada: Clone, ben: Clone, zebra: str
) -> None:
    laptop = box.person(hub, "ben", "ben-laptop")
    synced(laptop, ada, ben)
    mine = {device_of(one) for one in (ada, ben, laptop)}
    assert rosters_of(ada, zebra)[-1] == mine
    ben.nc("device", "revoke", device_of(laptop), "--yes")
    synced(ben, ada)  # the sync begins the next one, before anybody writes
    assert rosters_of(ada, zebra)[-1] == mine - {device_of(laptop)}
    ada.nc("session", "say", zebra, "not for the thief")
    synced(ada, ben)
    assert ben.texts(zebra) == [SECRET, "not for the thief"]


def test_a_key_that_is_lost_opens_nothing_and_one_that_is_brought_back_does(
    ada: Clone, ben: Clone, zebra: str
) -> None:
    folder = Path(ben.env["XDG_CONFIG_HOME"]) / "naturecode/keys"
    file = folder / f"{device_of(ben)}.seal"
    kept = file.read_bytes()
    file.unlink()
    assert ben.texts(zebra) == [""]
    file.write_bytes(kept)
    file.chmod(0o600)
    assert ben.texts(zebra) == [SECRET]


def test_the_index_is_given_no_plaintext_of_what_waits_to_be_drained(ada: Clone) -> None:
    entity = begun(ada)
    with ada.store() as store:
        store.judge, store.vault = trusting.judge_of(store), LazyVault(store)
        store.write(TEAM, entity, [drafts.message("a new porcupine", "user")])
        index = open_index(store)
        try:
            (row,) = index.rows("session")
            assert (row["name"], row["messages"]) == ("", 2)
            assert not index.search("session", "porcupine", 5)
            assert not index.search("session", "rhinoceros", 5)
        finally:
            index.close()
        assert b"porcupine" not in everything(ada)
    assert ada.texts(entity) == [SECRET, "a new porcupine"]


def test_where_the_branch_is_broken_nothing_goes_on_in_the_clear(ada: Clone) -> None:
    entity = begun(ada)
    ada.nc("sync")
    head = ada.git("rev-parse", "naturecode").strip()
    (ada.path / ".git/objects" / head[:2] / head[2:]).unlink()
    said = ada.nc("session", "say", entity, "in the dark", code=1)
    assert "is missing from this repository" in said.err
    spool = ada.path / ".git/naturecode/spool"
    assert not any(b"in the dark" in one.read_bytes() for one in spool.rglob("*") if one.is_file())


def test_a_clone_under_another_address_begins_no_epoch(
    box: Box, hub: Path, ada: Clone, ben: Clone, zebra: str
) -> None:
    """Nobody takes an epoch that its author has not signed in his own name: text would be lost."""
    laptop = box.person(hub, "ben", "ben-laptop")
    synced(laptop, ben, laptop, ada, laptop)
    laptop.env["GIT_AUTHOR_EMAIL"] = "ben@home.example"
    laptop.nc("session", "say", zebra, "at home")
    synced(laptop, ada, ben)
    assert ada.texts(zebra) == [SECRET, "at home"]
    box.person(hub, "ada", "ada-laptop").nc("sync")
    laptop.nc("sync")
    told = laptop.nc("session", "say", zebra, "lost", code=5).err
    assert "git config user.email" in told
    laptop.env["GIT_AUTHOR_EMAIL"] = BEN
    laptop.nc("session", "say", zebra, "not lost")
    synced(laptop, ada, ben)
    assert ada.texts(zebra) == ben.texts(zebra) == [SECRET, "at home", "not lost"]
