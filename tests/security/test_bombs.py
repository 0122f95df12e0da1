"""Little that becomes much: in objects, in paths, in YAML, JSON and Markdown, in history."""

import subprocess

import pytest

from git_naturecode.git import remote
from security.hostile import BRANCH, Scene, device_of, measured

GOOD = ["from ada", "more from ada", "from ben"]


def _kept_out(stage: Scene, *paths: str) -> None:
    """Ben's sync keeps `paths` out, within bounds; the good entries come and go, the hub heals."""
    cost = measured(stage.ben, "sync")
    assert cost.code == 0, cost.err
    assert cost.is_bounded(), cost
    for path in paths:
        assert f"warning: kept out: {path}: " in cost.err
    assert stage.ben.texts(stage.session) == GOOD
    assert not set(paths) & stage.paths()
    assert stage.canary_is_untouched()
    stage.ada.nc("sync")
    assert stage.ada.texts(stage.session) == GOOD


def _bomb(stage: Scene, names: list[bytes], levels: int) -> str:
    tree = stage.tree([("100644", name, stage.blob(b"boo")) for name in names])
    for _ in range(levels - 1):
        tree = stage.tree([("40000", name, tree) for name in names])
    return tree


def test_ten_thousand_million_paths(stage: Scene) -> None:
    bomb = _bomb(stage, [b"d%d" % number for number in range(10)], 10)
    stage.plant(stage.tree([*stage.top(), ("40000", b"d0", bomb)]))
    _kept_out(stage, "d0")


def test_ten_thousand_million_paths_below_names_of_ours(stage: Scene) -> None:
    names = [letter.encode() for letter in "0123456789abcdefghjkmnpqrstvwxyz"]
    boo = stage.blob(b"boo")
    below = stage.tree([("100644", b"%d.md" % n, boo) for n in range(40_000)])
    for _ in range(3):
        below = stage.tree([("40000", name, below) for name in names])
    log = stage.git("rev-parse", f"{BRANCH}:log")
    session = stage.git("rev-parse", f"{log}:session")
    log = stage.tree([("40000", b"session", session), ("40000", b"issue", below)])
    rest = [line for line in stage.top() if line[1] != b"log"]
    stage.plant(stage.tree([*rest, ("40000", b"log", log)]))
    cost = measured(stage.ben, "sync")
    assert cost.code == 3, cost
    assert cost.is_bounded(), cost
    assert "brings more than 200000 new files" in cost.err
    assert "git config naturecode.maxNewFiles" in cost.err
    assert stage.ben.texts(stage.session) == ["from ada", "from ben"]


def test_a_file_of_a_gibibyte_of_zeros(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    _zeros(stage, 1 << 30)
    cost = measured(stage.ben, "sync")
    assert cost.code in (0, 3), cost
    assert cost.is_bounded(), cost
    if cost.code == 3:  # stopped on the way
        assert "unpacks to far more than it is" in cost.err
        assert stage.ben.texts(stage.session) == ["from ada", "from ben"]
    else:  # a fast machine gets through, and keeps it out by its size
        assert "1073741824 bytes" in cost.err
        assert stage.ben.texts(stage.session) == GOOD
    assert remote._FIRST.cpu is not None
    with monkeypatch.context() as patch:  # Ada's machine is slow
        patch.setattr(remote, "_FIRST", remote._FIRST._replace(cpu=1))
        said = stage.ada.nc("sync", code=3)
    assert "unpacks to far more than it is" in said.err
    left = list((stage.ben.path / ".git/objects/pack").glob("tmp_*"))
    left += list((stage.ada.path / ".git/objects/pack").glob("tmp_*"))
    assert left == []
    assert not stage.ben.git("for-each-ref", "refs/naturecode/")


def test_a_file_that_is_only_too_large(stage: Scene) -> None:
    _zeros(stage, 20 << 20)
    _kept_out(stage, "kb/articles/zeros.md")


def _zeros(stage: Scene, size: int) -> None:
    with subprocess.Popen(
        ["git", "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"],
        cwd=stage.hub, stdin=subprocess.PIPE,
    ) as importer:  # fmt: skip
        assert importer.stdin is not None
        importer.stdin.write(
            b"commit %s\ncommitter Eve <eve@example.com> 1 +0000\ndata 4\nmore\nfrom %s^0\n"
            b"M 100644 inline kb/articles/zeros.md\ndata %d\n"
            % (BRANCH.encode(), BRANCH.encode(), size)
        )
        for _ in range(size >> 20):
            importer.stdin.write(bytes(1 << 20))
        importer.stdin.write(b"\n")
        importer.stdin.close()
        assert importer.wait() == 0


def test_yaml(stage: Scene) -> None:
    aliases = b"a0: &a0 [x, x]\n" + b"".join(
        b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 30)
    )
    merges = b"a0: &a0 {x: 1}\n" + b"".join(
        b"a%d: &a%d {<<: [%s]}\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9))
        for n in range(1, 12)
    )
    for name, text in {
        "aliases": aliases, "merges": merges, "brackets": b"[" * 100_000, "deep": b"[" * 10_000,
        "tags": b"!!python/object/apply:os.system ['touch ../pwned']\n", "wide": b"- x\n" * 12_000,
    }.items():  # fmt: skip
        stage.plant(stage.with_file(f"team/{name}.yml", stage.blob(text)))
    stage.plant(stage.with_file("team/good.yml", stage.blob(b"name: core\nmembers: [ada]\n")))
    front = b"---\n" + aliases + b"---\ntext\n"
    stage.plant(stage.with_file("kb/articles/bomb.md", stage.blob(front)))
    stage.plant(stage.with_file("kb/articles/good.md", stage.blob(b"---\nt: x\n---\ntext\n")))
    bad = [f"team/{n}.yml" for n in ("aliases", "merges", "brackets", "deep", "tags", "wide")]
    _kept_out(stage, *bad, "kb/articles/bomb.md")
    assert {"team/good.yml", "kb/articles/good.md"} <= stage.paths()


def test_json(stage: Scene) -> None:
    device = device_of(stage.ada)
    path = f"log/trust/{device[:2]}/{device}.0001.jsonl"
    good = b'{"seq":1,"v":1}\n'
    bad = [b"[" * 200_000, b'{"a":' * 100_000, b'{"seq":' + b"9" * 100_000 + b"}", b"NaN", b"\xff",
           b"[" + b"{}," * 80_000 + b"{}]", b'{"torn":']  # fmt: skip
    stage.plant(stage.with_file(path, stage.blob(b"\n".join([*bad[:3], good[:-1], *bad[3:]]))))
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (0, True), cost
    assert f"{path}: some lines are no records" in cost.err
    there = stage.git("show", f"{BRANCH}:{path}").encode().splitlines()
    assert good.strip() in there
    assert not {*bad} & {*there}
    assert all(line.startswith(b'{"') for line in there)  # what she had signed herself is there too
    assert stage.ben.texts(stage.session) == GOOD


def _segment(stage: Scene) -> tuple[str, bytes]:
    """Ada's segment on the remote."""
    device = device_of(stage.ada)
    path = next(path for path in stage.paths() if path.endswith(f"/{device}.0001.md"))
    return path, (stage.git("show", f"{BRANCH}:{path}") + "\n\n").encode()


@pytest.mark.parametrize("where", ["in the last entry", "in the first lines", "to nothing"])
def test_a_cut_segment_loses_nothing_that_we_have(stage: Scene, where: str) -> None:
    path, data = _segment(stage)
    size = {"in the last entry": len(data) - 30, "in the first lines": 20, "to nothing": 0}[where]
    stage.plant(stage.with_file(path, stage.blob(data[:size])))
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (0, True), cost
    assert f"{path}: " in cost.err
    assert stage.ben.texts(stage.session) == GOOD  # by what the commit before it holds
    assert "from ada" in stage.git("show", f"{BRANCH}:{path}")
    stage.ada.nc("sync")
    stage.ben.nc("sync")
    assert stage.ben.texts(stage.session) == GOOD
    assert stage.git("show", f"{BRANCH}:{path}").encode() == data.strip()


def test_a_segment_edited_by_hand_is_marked_and_the_true_one_kept(stage: Scene) -> None:
    path, data = _segment(stage)
    edited = data.replace(b"\nfrom ada\n", b"\nfrom eve\n")
    assert edited != data
    stage.plant(stage.with_file(path, stage.blob(edited)))
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (0, True), cost
    assert "was edited by hand" in cost.err
    assert "from ada" in stage.ben.texts(stage.session)
    assert "more from ada" in stage.ben.texts(stage.session)


def test_headers_that_are_bombs(stage: Scene) -> None:
    path, data = _segment(stage)
    entry = b'<!-- nc:entry {"at":"2026-01-01T00:00:00.000Z/0000","id":"x","kind":"m","x":%s} -->\n'
    end = b"<!-- nc:end x sha256:0000000000000000 -->\n\n"
    bombs = [b"[" * 100_000, b'{"a":' * 60_000, b"9" * 1_000_000]
    data += b"".join(entry % bomb + end for bomb in bombs)
    stage.plant(stage.with_file(path, stage.blob(data)))
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (0, True), cost
    assert cost.err.count("dropped") == 3
    assert stage.ben.texts(stage.session) == GOOD


def test_many_large_files_that_all_must_be_written_anew(stage: Scene) -> None:
    path, _ = _segment(stage)
    folder, name = path.rsplit("/", 1)
    head = stage.git("show", f"{BRANCH}:{path}").split("---\n")[1]
    lines = [("100644", name.encode(), stage.git("rev-parse", f"{BRANCH}:{path}"))]
    for number in range(2, 50):
        text = head.replace("segment: 1\n", f"segment: {number}\n")
        junk = f"---\n{text}---\n".encode() + b"junk\n" * ((3 << 20) // 5)
        lines.append(("100644", name.replace("0001", f"{number:04d}").encode(), stage.blob(junk)))
    tree = stage.tree(lines)
    parts = folder.split("/")
    for depth in range(len(parts), 0, -1):
        above = "/".join(parts[: depth - 1])
        out = stage.git("ls-tree", "-z", f"{BRANCH}:{above}" if above else BRANCH)
        kept = [line.split("\t", 1) for line in out.split("\0") if line]
        rest = [(m.split()[0].lstrip("0"), n.encode(), m.split()[2]) for m, n in kept]
        tree = stage.tree([line for line in rest if line[1] != parts[depth - 1].encode()]
                          + [("40000", parts[depth - 1].encode(), tree)])  # fmt: skip
    stage.plant(tree)
    cost = measured(stage.ben, "sync")
    assert cost.code == 0, cost.err
    assert cost.is_bounded(), cost
    assert stage.ben.texts(stage.session) == GOOD
    assert "skipped" in cost.err


def test_a_history_of_diamonds(stage: Scene) -> None:
    tree = stage.git("rev-parse", f"{BRANCH}^{{tree}}")
    stage.git("update-ref", "refs/heads/evil", BRANCH)
    before, lines = b"refs/heads/evil^0", []
    for number in range(40):  # 2 ** 40 ways to the first commit
        marks = [b":%d" % (3 * number + more) for more in (1, 2, 3)]
        parents = [b"from %s\n" % before] * 2 + [b"from %s\nmerge %s\n" % (marks[0], marks[1])]
        for mark, parent in zip(marks, parents, strict=True):
            lines.append(
                b"commit refs/heads/evil\nmark %s\ncommitter E <e@e> 1 +0000\ndata 3\n%s\n%s"
                b'M 040000 %s ""\n' % (mark, (mark + b"  ")[:3], parent, tree.encode())
            )
        before = marks[2]
    with subprocess.Popen(
        ["git", "fast-import", "--quiet", "--force"], cwd=stage.hub, stdin=subprocess.PIPE
    ) as importer:
        importer.communicate(b"".join(lines))
        assert importer.returncode == 0
    stage.git("update-ref", BRANCH, "refs/heads/evil")
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (0, True), cost
    assert stage.ben.texts(stage.session) == GOOD


@pytest.mark.parametrize("kind", ["blob", "tree", "tag"])
def test_a_branch_that_is_no_commit(stage: Scene, kind: str) -> None:
    tag = b"object %s\ntype commit\ntag x\ntagger E <e@e> 1 +0000\n\nx\n" % stage.tip().encode()
    oid = {
        "blob": stage.blob(b"boo"), "tree": stage.git("rev-parse", f"{BRANCH}^{{tree}}"),
        "tag": stage.git("mktag", data=tag),
    }[kind]  # fmt: skip
    (stage.hub / BRANCH).write_text(oid + "\n")
    cost = measured(stage.ben, "sync")
    assert (cost.code, cost.is_bounded()) == (3, True), cost
    assert f"points to a {kind}, not to a commit" in cost.err
    assert stage.ben.texts(stage.session) == ["from ada", "from ben"]
    assert not stage.ben.git("for-each-ref", "refs/naturecode/")
    assert stage.canary_is_untouched()
