"""The words of encrypted sessions in a local index, for whom has allowed it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from box import Clone
from crews import synced
from sealed.people import BEN, begun, everything

SETTING = "naturecode.searchEncrypted"


def kept(clone: Clone) -> Path:
    return clone.path / ".git/naturecode/index-encrypted.db"


def items(clone: Clone, *words: str) -> list[Any]:
    return list(clone.nc("kb", "search", "--json", *words).json["items"])


def test_it_is_searched_only_where_the_user_allows_it(ada: Clone, ben: Clone, cy: Clone) -> None:
    entity = begun(ada, BEN)
    ada.nc("session", "say", entity, "the rhinoceros eats")
    synced(ada, ben, cy)
    said = ada.nc("kb", "search", "rhinoceros", code=1)
    assert "1 encrypted session not searched" in said.err
    assert SETTING in said.err
    assert b"rhinoceros" not in everything(ada).lower()
    for clone in (ada, ben):
        clone.git("config", SETTING, "true")
        (found,) = items(clone, "rhinoceros")
        assert (found["id"], found["title"]) == (entity, "Rhinoceros")
        assert found["more"] == 1
        assert kept(clone).stat().st_mode & 0o777 == 0o600
        for path in kept(clone).parent.glob("index.db*"):
            assert b"rhinoceros" not in path.read_bytes().lower()
    cy.git("config", SETTING, "true")
    cy.nc("kb", "search", "rhinoceros", code=1)
    assert b"rhinoceros" not in everything(cy).lower()


def test_with_the_setting_the_file_goes(ada: Clone) -> None:
    begun(ada)
    ada.git("config", SETTING, "true")
    assert items(ada, "rhinoceros")
    assert kept(ada).exists()
    ada.git("config", "--unset", SETTING)
    ada.nc("session", "list")
    left = kept(ada).parent.glob("index-encrypted*")
    assert [path.name for path in left] == ["index-encrypted.db.lock"]
    assert b"rhinoceros" not in everything(ada).lower()
    ada.nc("kb", "search", "rhinoceros", code=1)


def test_what_changes_is_found_next_and_what_is_hidden_is_gone(ada: Clone) -> None:
    entity = begun(ada)
    ada.git("config", SETTING, "true")
    assert not [one for one in items(ada, "rhinoceros") if one["related"]]
    ada.nc("session", "say", entity, "a porcupine")
    (found,) = items(ada, "porcupine", "--exact")
    assert found["snippet"] == "a porcupine"
    assert ada.nc("session", "search", "porcupine", "--json").json["items"][0]["id"] == entity
    ada.nc("session", "redact", entity, "2")
    ada.nc("kb", "search", "porcupine", "--exact", code=1)
    assert b"porcupine" not in kept(ada).read_bytes()
    assert items(ada, "rhinoceros", "--sort", "date")
    assert items(ada, "rhinoceros", "--in", "sessions")
    ada.nc("kb", "search", "rhinoceros", "--in", "kb", code=1)
    ada.nc("kb", "search", "rhinoceros", "--type", "faq", code=1)
    ada.nc("session", "delete", entity, "--yes")
    ada.nc("kb", "search", "rhinoceros", code=1)


def test_it_stands_among_what_is_not_encrypted(ada: Clone) -> None:
    begun(ada)
    other = ada.start("Animals")
    ada.nc(
        "session", "say", other, "many animals, one of them a rhinoceros among " + "others " * 40
    )
    ada.git("config", SETTING, "true")
    assert [one["title"] for one in items(ada, "rhinoceros")] == ["Rhinoceros", "Animals"]


def test_keys_are_loaded_only_when_something_is_to_be_opened(ada: Clone) -> None:
    begun(ada)
    ask = (
        "import sys\nsys.argv[0] = 'git-naturecode'\nimport git_naturecode.__main__ as program\n"
        "program._leave = lambda code: None\nprogram.main()\n"
        "print('cryptography' in sys.modules, file=sys.stderr)\n"
    )

    def loads() -> bool:
        done = subprocess.run(
            [sys.executable, "-c", ask, "kb", "search", "rhinoceros"], cwd=ada.path,
            capture_output=True, text=True, check=False, env={**os.environ, **ada.env},
        )  # fmt: skip
        return done.stderr.strip().endswith("True")

    assert not loads()
    ada.git("config", SETTING, "true")
    assert loads()
    assert not loads()
