"""Files beside an article: attached, listed, fetched by others, taken away."""

import base64
import hashlib
import os
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.store.hygiene import MAX_FILE

PNG = b"\x89PNG\r\n\x1a\n\0\0picture"
SHA = hashlib.sha256(PNG).hexdigest()
LINK = f"../../files/{SHA[:2]}/{SHA}"


@pytest.fixture
def with_article(clone: Clone) -> Clone:
    """A clone with an article and a picture."""
    (clone.path / "pic.png").write_bytes(PNG)
    (clone.path / "text.md").write_text("x\n")
    clone.nc("kb", "add", "--type", "article", "--title", "Retry", "--file", "text.md")
    return clone


def test_an_attachment_reaches_others_and_the_link_works_in_the_folder(box: Box) -> None:
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    (ann.path / "pic.png").write_bytes(PNG)
    (ann.path / "text.md").write_text("x\n")
    ann.nc("kb", "add", "--type", "article", "--title", "Retry", "--file", "text.md")
    said = ann.nc("kb", "attach", "retry", "pic.png")
    assert said.out == f"![pic.png]({LINK})\n"
    (ann.path / "text.md").write_text(f"x\n\n{said.out}")
    ann.nc("kb", "edit", "retry", "--file", "text.md")
    assert ann.nc("kb", "check", "retry").out == ""
    ann.nc("sync")
    bob.nc("sync")
    assert f"pic.png ({len(PNG)} bytes)" in bob.nc("kb", "show", "retry").out
    assert bob.nc("kb", "check", "retry").out == ""
    bob.nc("kb", "show", "retry", "--attachment", "pic.png", "-o", "got.png")
    assert (bob.path / "got.png").read_bytes() == PNG
    piped = bob.process("kb", "show", "retry", "--attachment", "pic.png", errors="surrogateescape")
    assert piped.stdout.encode("utf-8", "surrogateescape")[:4] == PNG[:4]
    bob.nc("folder")
    seen_from_a_page = os.path.normpath(bob.path / ".naturecode/kb/articles" / LINK)
    assert Path(seen_from_a_page).read_bytes() == PNG


def test_a_name_has_one_file_and_can_lose_it(with_article: Clone) -> None:
    clone = with_article
    clone.nc("kb", "attach", "retry", "pic.png", "--name", "a [b].png")
    clone.nc("kb", "attach", "retry", "pic.png", "--name", "a [b].png", code=1)
    (clone.path / "new.png").write_bytes(PNG + b"2")
    told = clone.nc("kb", "attach", "retry", "new.png", "--name", "a [b].png", "--json").json
    assert told["replaced"] is True
    assert told["markdown"].startswith("![a \\[b\\].png](../../files/")
    (file,) = clone.nc("kb", "show", "retry", "--json").json["files"]
    assert file == {
        "name": "a [b].png", "sha256": told["sha256"], "size": len(PNG) + 1, "media": "image/png",
    }  # fmt: skip
    clone.nc("kb", "attach", "retry", "--remove", "pic.png", code=1)
    clone.nc("kb", "attach", "retry", "--remove", "a [b].png")
    assert clone.nc("kb", "show", "retry", "--json").json["files"] == []
    said = clone.nc("kb", "show", "retry", "--attachment", "a [b].png", code=1)
    assert "no attachment" in said.err


def test_what_looks_secret_in_a_text_is_replaced(with_article: Clone) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    (with_article.path / "log.txt").write_text(f"token {secret}\n")
    said = with_article.nc("kb", "attach", "retry", "log.txt")
    assert said.out.startswith("[log.txt](")
    assert "looked secret" in said.err
    shown = with_article.nc("kb", "show", "retry", "--attachment", "log.txt").out
    assert secret not in shown
    assert shown.startswith("token [REDACTED:")


def test_a_file_of_long_base64_is_kept_whole_after_asking_or_not_at_all(
    with_article: Clone,
) -> None:
    clone = with_article
    secret = b"token ghp_" + b"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    data = base64.encodebytes(b"words\n" * 500 + secret + b"\n" + b"words\n" * 500)
    (clone.path / "dump.txt").write_bytes(data)
    said = clone.nc("kb", "attach", "retry", "dump.txt", code=3)
    assert "base64" in said.err
    assert "--yes" in said.err
    assert clone.nc("kb", "show", "retry", "--json").json["files"] == []
    (clone.path / "doc").mkdir()
    (clone.path / "doc/page.md").write_text("# Page\n\n![dump](dump.txt)\n")
    (clone.path / "doc/dump.txt").write_bytes(data)
    assert "kb attach" in clone.nc("kb", "import", "doc").err
    assert clone.nc("kb", "show", "page", "--json").json["files"] == []
    clone.nc("kb", "attach", "retry", "dump.txt", "--yes")
    assert clone.nc("kb", "show", "retry", "--attachment", "dump.txt").out == data.decode()
    short = base64.b64encode(secret).decode()
    (clone.path / "short.txt").write_text(f"value: {short}\n")
    clone.nc("kb", "attach", "retry", "short.txt", "--yes")  # that is no file, but a secret
    assert short not in clone.nc("kb", "show", "retry", "--attachment", "short.txt").out


def test_beside_base64_that_is_kept_what_looks_secret_is_replaced(with_article: Clone) -> None:
    clone = with_article
    token, word = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "hT7!kPq2#vLz9"
    inner = b"words\n" * 500 + f"token {token}\n".encode() + b"words\n" * 300
    kept = base64.encodebytes(inner).decode()
    short = base64.b64encode(f"token {token}".encode()).decode()
    text = f"password = '{word}'\ntoken: {token}\nshort: {short}\n\n{kept}\nend {token}\n"
    (clone.path / "dump.txt").write_text(text)
    assert "base64" in clone.nc("kb", "attach", "retry", "dump.txt", code=3).err
    said = clone.nc("kb", "attach", "retry", "dump.txt", "--yes", "--json")
    assert len(said.json["redacted"]) == 4
    assert all(label in said.err for label in said.json["redacted"])
    assert "kept" in said.err
    shown = clone.nc("kb", "show", "retry", "--attachment", "dump.txt").out
    assert kept in shown
    assert shown.count("[REDACTED:") == 4
    assert not any(one in shown for one in (token, word, short))


def test_a_long_secret_beside_a_short_base64_is_no_base64_to_keep(with_article: Clone) -> None:
    clone = with_article
    lines = base64.encodebytes(hashlib.shake_128(b"k").digest(1_200)).decode()
    begin, end = (f"-----{one} RSA PRIVATE KEY-----\n" for one in ("BEGIN", "END"))
    short = base64.b64encode(b"token ghp_" + b"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8").decode()
    (clone.path / "keys.txt").write_text(f"{begin}{lines}{end}\nshort: {short}\n")
    clone.nc("kb", "attach", "retry", "keys.txt", "--yes")
    shown = clone.nc("kb", "show", "retry", "--attachment", "keys.txt").out
    assert lines[:60] not in shown
    assert short not in shown


def test_a_name_that_is_a_path_is_only_a_name(with_article: Clone) -> None:
    for name in ("../x", "a/b", "", ".", " x", "a\nb", "x" * 201, "a\\b", "con:"):
        said = with_article.nc("kb", "attach", "retry", "pic.png", "--name", name, code=2)
        assert "no name for a file" in said.err
    with_article.nc("kb", "attach", "retry", os.path.join("..", "repo", "pic.png"))
    assert with_article.nc("kb", "show", "retry", "--json").json["files"][0]["name"] == "pic.png"


def test_nothing_is_written_of_what_no_clone_would_take(with_article: Clone) -> None:
    clone = with_article
    before = clone.git("rev-parse", "naturecode")
    with open(clone.path / "large", "wb") as file:
        file.truncate(MAX_FILE + 1)
    assert f"{MAX_FILE + 1} bytes" in clone.nc("kb", "attach", "retry", "large", code=2).err
    os.mkfifo(clone.path / "pipe")
    for path in ("missing", ".", "pipe"):
        clone.nc("kb", "attach", "retry", path, "--name", "x", code=2)
    clone.nc("kb", "attach", "retry", code=2)
    clone.nc("kb", "attach", "retry", "pic.png", "--remove", "x", code=2)
    clone.nc("kb", "attach", "nobody", "pic.png", code=1)
    clone.nc("kb", "show", "retry", "-o", "x", code=2)
    assert clone.git("rev-parse", "naturecode") == before
