"""The format of trust lines is frozen: these bytes are read and judged like this for ever."""

import json
from pathlib import Path

from git_naturecode.domain.policy import Authority, Reason, evaluate, line_of, ops
from git_naturecode.store import trust

VECTORS = Path(__file__).parent / "vectors"
LINES = (VECTORS / "trust.jsonl").read_bytes().split(b"\n")[:-1]
TOLD = json.loads((VECTORS / "trust.json").read_text())


def test_the_lines_are_what_their_devices_have_signed() -> None:
    for line, digest in zip(LINES, TOLD["digests"], strict=True):
        said = trust.read(line)
        assert said is not None
        assert trust.digest(line) == digest
        assert trust.is_genuine(line, said["dev"])
        assert trust.canonical(said) == line
        assert not any(map(ops.problem, said["ops"]))


def test_what_they_add_up_to() -> None:
    lines = []
    for line in LINES:
        found = line_of(trust.digest(line), trust.read(line) or {})
        assert found is not None
        lines.append(found)
    standing = evaluate(lines)  # with the real cryptography
    assert (standing.team, standing.mode) == (TOLD["team"], TOLD["mode"])
    assert sorted([d, r.code] for d, r in standing.refused.items()) == TOLD["refused"]
    assert TOLD["members"] == {
        m.id: [m.email, m.role, m.state, sorted(m.permissions), list(m.devices)]
        for m in standing.members.values()
    }
    assert TOLD["devices"] == {
        name: [d.member, d.seal, d.label, d.revoked, d.expires]
        for name, d in standing.devices.items()
    }
    assert TOLD["teams"] == {
        t.id: [t.name, t.deleted, dict(t.settings), sorted(t.members)]
        for t in standing.teams.values()
    }
    told = [standing.authority(line.digest) for line in lines]
    assert [_word(one) for one in told] == TOLD["authorities"]


def _word(found: Authority | Reason) -> str:
    return found.role if isinstance(found, Authority) else found.code
