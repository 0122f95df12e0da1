"""Our signatures are OpenSSH's, theirs are ours, and nothing else passes."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from crypto import openssh
from git_naturecode.crypto import member, ssh_keys, sshsig
from git_naturecode.crypto.ssh_wire import Malformed, Reader, number, string

MESSAGE, SPACE = b"what is said\n", "naturecode-device"


def blob_of(armoured: str) -> bytes:
    """What is in the armour."""
    return base64.b64decode("".join(armoured.strip().split("\n")[1:-1]))


def armour(blob: bytes) -> str:
    """`blob` in armour."""
    return f"{sshsig._BEGIN}\n{base64.b64encode(blob).decode()}\n{sshsig._END}\n"


def parts_of(armoured: str) -> list[bytes]:
    """Key, namespace, reserved, hash and signature."""
    reader = Reader(blob_of(armoured)[10:])
    return [reader.string() for _ in range(5)]


def put_together(parts: list[bytes], head: bytes = b"SSHSIG\0\0\0\1") -> str:
    """The signature with these parts."""
    return armour(head + b"".join(map(string, parts)))


@pytest.fixture(scope="module", params=openssh.KINDS)
def key(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key that ssh-keygen made."""
    openssh.require()
    path = tmp_path_factory.mktemp("key") / "id"
    openssh.make_key(path, request.param)
    return path


def line_of(key: Path) -> str:
    return " ".join(key.with_suffix(".pub").read_text().split()[:2])


def test_what_we_sign_verifies_with_openssh(key: Path, tmp_path: Path) -> None:
    made = sshsig.create(MESSAGE, SPACE, member.read(key.read_bytes()))
    assert openssh.verifies(tmp_path, line_of(key), SPACE, MESSAGE, made)
    assert not openssh.verifies(tmp_path, line_of(key), SPACE, MESSAGE + b"!", made)
    assert not openssh.verifies(tmp_path, line_of(key), "git", MESSAGE, made)


@pytest.mark.parametrize("chosen", ["sha512", "sha256"])
def test_what_openssh_signs_verifies_here(key: Path, tmp_path: Path, chosen: str) -> None:
    said = tmp_path / "said"
    said.write_bytes(MESSAGE)
    options = ("-O", f"hashalg={chosen}", "-n", SPACE, "-f", str(key))
    openssh.run("ssh-keygen", "-q", "-Y", "sign", *options, str(said))
    made = (tmp_path / "said.sig").read_text()
    assert sshsig.parse(made).hash == chosen
    assert sshsig.verify(made, MESSAGE, SPACE, line_of(key))
    assert sshsig.verify(made.replace("\n", "\r\n"), MESSAGE, SPACE, line_of(key))
    assert not sshsig.verify(made, MESSAGE + b"!", SPACE, line_of(key))
    assert not sshsig.verify(made, MESSAGE, "git", line_of(key))


def test_our_fingerprints_are_those_of_openssh(key: Path) -> None:
    said = openssh.run("ssh-keygen", "-l", "-f", str(key)).decode().split()[1]
    assert ssh_keys.fingerprint(ssh_keys.blob_of(line_of(key))) == said
    assert member.read(key.read_bytes()).line == line_of(key)


def test_a_key_of_ours_is_one_for_openssh(tmp_path: Path) -> None:
    openssh.require()
    made = member.new(b"k" * 32)
    (tmp_path / "id").write_bytes(made.text())
    (tmp_path / "id").chmod(0o600)
    said = openssh.run("ssh-keygen", "-y", "-f", str(tmp_path / "id")).decode()
    assert said.split()[:2] == made.line.split()


def test_of_two_keys_only_the_one_that_signed_verifies() -> None:
    one, other = member.new(b"1" * 32), member.new(b"2" * 32)
    made = sshsig.create(MESSAGE, SPACE, one)
    assert sshsig.verify(made, MESSAGE, SPACE, one.line)
    assert sshsig.verify(made, MESSAGE, SPACE, one.line + " a comment")
    assert not sshsig.verify(made, MESSAGE, SPACE, other.line)
    # The other key in its place: it did not sign.
    parts = parts_of(made)
    assert not sshsig.verify(put_together([other.blob, *parts[1:]]), MESSAGE, SPACE, other.line)


def test_no_bit_can_be_turned() -> None:
    one = member.new(b"1" * 32)
    blob = blob_of(sshsig.create(MESSAGE, SPACE, one))
    for place in range(len(blob) * 8):
        turned = bytearray(blob)
        turned[place // 8] ^= 1 << place % 8
        assert not sshsig.verify(armour(bytes(turned)), MESSAGE, SPACE, one.line), place


def test_no_byte_can_be_missing_or_too_much() -> None:
    one = member.new(b"1" * 32)
    made = sshsig.create(MESSAGE, SPACE, one)
    blob = blob_of(made)
    assert sshsig.verify(armour(blob), MESSAGE, SPACE, one.line)
    for end in range(len(blob)):
        with pytest.raises(Malformed):
            sshsig.parse(armour(blob[:end]))
    with pytest.raises(Malformed, match="more"):
        sshsig.parse(armour(blob + b"\0"))
    parts = parts_of(made)
    with pytest.raises(Malformed, match="more"):
        sshsig.parse(put_together([*parts[:4], parts[4] + b"\0"]))


def test_what_nobody_signed_is_not_taken() -> None:
    one = member.new(b"1" * 32)
    made = sshsig.create(MESSAGE, SPACE, one)
    key, space, _, chosen, signature = parts_of(made)
    same = put_together([key, space, b"", chosen, signature])
    assert sshsig.verify(same, MESSAGE, SPACE, one.line)
    for parts, head in (
        ([key, space, b"more", chosen, signature], b"SSHSIG\0\0\0\1"),
        ([key, b"", b"", chosen, signature], b"SSHSIG\0\0\0\1"),
        ([key, space, b"", b"sha1", signature], b"SSHSIG\0\0\0\1"),
        ([key, space, b"", b"md5", signature], b"SSHSIG\0\0\0\1"),
        ([key, b"\xff", b"", chosen, signature], b"SSHSIG\0\0\0\1"),
        ([key, space, b"", chosen, signature], b"SSHSIG\0\0\0\2"),
        ([key, space, b"", chosen, signature], b"SSHSIX\0\0\0\1"),
    ):
        with pytest.raises(Malformed):
            sshsig.parse(put_together(parts, head))


def test_an_rsa_key_signs_with_sha2_only_and_is_of_a_sound_size() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    private = rsa.generate_private_key(65537, 2048)
    signer = member.MemberKey(private)
    made = sshsig.create(MESSAGE, SPACE, signer)
    parts = parts_of(made)
    tbs = sshsig._signed(MESSAGE, SPACE, "sha512")
    ways = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}
    for algorithm, way in {**ways, "ssh-rsa": hashes.SHA1()}.items():
        value = private.sign(tbs, PKCS1v15(), way)
        said = put_together([*parts[:4], string(algorithm.encode()) + string(value)])
        assert sshsig.verify(said, MESSAGE, SPACE, signer.line) == (algorithm in ways), algorithm
    small = rsa.generate_private_key(65537, 1024)
    with pytest.raises(Malformed, match="2048"):
        member.MemberKey(small)


def mpint(value: int) -> bytes:
    data = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return string(data)


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        (b"", "ends"),
        (string(b"ssh-ed25519") + string(b"k" * 31), "32 bytes"),
        (string(b"ssh-ed25519") + string(b"k" * 33), "32 bytes"),
        (string(b"ssh-ed25519") + string(b"k" * 32) + b"\0", "more"),
        (string(b"ssh-dss") + string(b"k" * 32), "not ssh-ed25519"),
        (string(b"ecdsa-sha2-nistp256") + string(b"k" * 32), "not ssh-ed25519"),
        (string(b"ssh-rsa") + mpint(65537) + mpint(1 << 1000), "bits"),
        (string(b"ssh-rsa") + mpint(65537) + mpint((1 << 16_384) + 1), "bits"),
        (string(b"ssh-rsa") + mpint((1 << 64) + 1) + mpint((1 << 2047) + 1), "exponent"),
        (string(b"ssh-rsa") + mpint(2) + mpint((1 << 2047) + 1), "no RSA key"),
        (string(b"ssh-rsa") + string(b"\0\1\0\1") + mpint((1 << 2047) + 1), "number"),
        (string(b"ssh-rsa") + string(b"\x81") + mpint((1 << 2047) + 1), "number"),
        (string(b"ssh-rsa") + string(b"") + mpint((1 << 2047) + 1), "number"),
        (string(b"ssh-rsa") + mpint(65537) + mpint((1 << 2047) + 1) + b"\0", "more"),
        (number(1 << 31) + b"ssh", "ends"),
        (string(b"x" * 5000), "too long"),
    ],
)
def test_a_key_that_is_none_is_refused(blob: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        ssh_keys.line_of(blob)
    line = f"ssh-rsa {base64.b64encode(blob).decode()}"
    with pytest.raises(Malformed):
        ssh_keys.blob_of(line)
    assert not ssh_keys.is_signed(blob, "ssh-rsa", b"", b"")


@pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-rsa !!", "x " * 10_000, "ssh-rsa AAAB"])
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(Malformed):
        ssh_keys.blob_of(line)


def test_a_line_says_what_kind_of_key_it_holds() -> None:
    line = member.new(b"1" * 32).line
    with pytest.raises(Malformed, match="another kind"):
        ssh_keys.blob_of(line.replace("ssh-ed25519", "ssh-rsa"))


def test_armour_is_read_strictly() -> None:
    one = member.new(b"1" * 32)
    made = sshsig.create(MESSAGE, SPACE, one)
    head, *body, end = made.strip().split("\n")
    for wrong in (
        "", made.replace("BEGIN", "START"), made.replace("END", "FINISH"), f"{head}\n{end}",
        "\n".join((head, *body)), "\n".join((head, *body, "", "!", end)), f"x{made}", f"{made}x",
        made.replace(body[0], f"{body[0][:-1]} "), made.replace(body[0], f"{body[0]}\n\x00"),
        head + "\n" + "A" * 20_000 + "\n" + end, made.replace(body[0], "é" + body[0]),
        made + made,
    ):  # fmt: skip
        assert not sshsig.verify(wrong, MESSAGE, SPACE, one.line), wrong


def test_a_text_beyond_measure_is_not_even_looked_at() -> None:
    one = member.new(b"1" * 32)
    made = sshsig.create(MESSAGE, SPACE, one)
    assert sshsig.verify("\n" + made, MESSAGE, SPACE, one.line)
    assert not sshsig.verify("\n" * sshsig.MOST + made, MESSAGE, SPACE, one.line)


def test_base64_has_one_way_to_be_written() -> None:
    assert ssh_keys.strict_base64("QQ==") == b"A"
    for wrong in ("QR==", "QQ", "QQ=", "QQ===", "Q Q==", "QQ==\n", "\u00e9A==", "Q-=="):
        with pytest.raises(Malformed):
            ssh_keys.strict_base64(wrong)


class Liar:
    """A signer whose agent gives whatever it likes."""

    def __init__(self, blob: bytes, answer: bytes) -> None:
        self.blob, self._answer = blob, answer

    def sign(self, data: bytes) -> bytes:
        return self._answer


@pytest.mark.parametrize("answer", [b"", b"x", string(b"ssh-ed25519") + string(b"s" * 64)])
def test_a_signer_that_gives_rubbish_is_found_out(answer: bytes) -> None:
    with pytest.raises(Malformed, match="no signature"):
        sshsig.create(MESSAGE, SPACE, Liar(member.new(b"1" * 32).blob, answer))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_one_way(data: bytes) -> None:
    for text in (armour(data), armour(b"SSHSIG\0\0\0\1" + data)):
        with pytest.raises(Malformed):
            sshsig.parse(text)
    with pytest.raises(Malformed):
        ssh_keys.line_of(string(b"ssh-rsa") + data)


_MADE = sshsig.create(MESSAGE, SPACE, member.new(b"1" * 32))


@given(st.data())
def test_a_changed_signature_never_verifies_and_never_breaks(data: st.DataObject) -> None:
    parts = parts_of(_MADE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, 4))
        how = data.draw(st.sampled_from(["put", "cut", "swap", "grow"]))
        if how == "put":
            parts[at] = data.draw(st.binary(max_size=80))
        elif how == "cut":
            parts[at] = parts[at][: data.draw(st.integers(0, len(parts[at])))]
        elif how == "swap":
            parts[at] = parts[data.draw(st.integers(0, 4))]
        else:
            parts[at] += data.draw(st.binary(min_size=1, max_size=8))
    said = put_together(parts)
    wanted = parts == parts_of(_MADE)
    assert sshsig.verify(said, MESSAGE, SPACE, member.new(b"1" * 32).line) == wanted


@given(st.text(max_size=300))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(Malformed):
        sshsig.parse(text)
    with pytest.raises(Malformed):
        sshsig.parse(f"{sshsig._BEGIN}\n{text}\n{sshsig._END}")
    with pytest.raises(Malformed):
        ssh_keys.blob_of(text)


@given(st.binary(max_size=200), st.text("abcdefghij-", min_size=1, max_size=20))
def test_what_was_signed_verifies(message: bytes, space: str) -> None:
    one = member.new(b"1" * 32)
    made = sshsig.create(message, space, one)
    assert sshsig.verify(made, message, space, one.line)
    assert sshsig.parse(made)[:3] == (one.blob, space, "sha512")
