"""Comments on real lines, moved through what came after them: `git blame --reverse` is the judge.

The long form is `python -m tests.bench anchors`; docs/design/anchors.md has its figures.
"""

import random
from collections import Counter
from pathlib import Path

from bench.moved import STEPS, Judged, changed, commented, fetched, judged
from bench.reverse import History
from box import Box, Clone


def check(found: list[Judged], least: int) -> None:
    """Never on another line, and hardly ever lost."""
    count = Counter(one.verdict for one in found)
    assert [one for one in found if one.verdict in ("wrong", "stolen")] == []
    assert count["right"] >= least
    assert count["right"] >= 0.98 * (count["right"] + count["lost"])
    assert count["gone"] > 0


def test_git_appraise(data: Path, tmp_path: Path) -> None:
    history = fetched(data / "git-appraise.bundle", tmp_path / "clone")
    spots = [*commented(history), *changed(history, 12, every=8)]
    assert len({(one.commit, one.path, one.line) for one in spots}) >= 200
    found = [*judged(history, spots[:93], (1, 20)), *judged(history, spots[93:], STEPS)]
    check(found, 400)


def test_a_made_up_history(box: Box) -> None:
    """The same ground where the real one is absent: functions come, go, grow and are moved."""
    clone = box.repo()
    rng = random.Random(7)
    files = {f"src/m{n}.c": [function(rng, n * 100 + k) for k in range(4)] for n in range(3)}
    for number in range(26):
        for name in rng.sample(sorted(files), 2):
            edit(rng, files[name], number)
        if number % 7 == 3:
            name = rng.choice(sorted(files))
            files[f"lib{number}/{name.split('/')[-1]}"] = files.pop(name)
        write(clone, files)
    history = History(clone.path)
    check(list(judged(history, changed(history, 6, every=2), (1, 5, 20))), 80)


def function(rng: random.Random, number: int) -> list[str]:
    body = [f"    step_{number}_{k}(state);" for k in range(rng.randint(1, 4))]
    guard = ["    if (err) {", "        return err;", "    }"]
    return [f"int do_{number}(void)", "{", *guard, *body, *guard, "    return 0;", "}", ""]


def edit(rng: random.Random, functions: list[list[str]], number: int) -> None:
    at = rng.randrange(len(functions))
    kind = rng.randrange(4)
    if kind == 0:
        functions.insert(at, function(rng, 1000 + number * 10 + at))
    elif kind == 1 and len(functions) > 3:
        del functions[at]
    elif kind == 2:
        functions[at].insert(rng.randint(2, 5), f"    log({number});")
    else:
        line = rng.randrange(2, len(functions[at]) - 2)
        functions[at][line] = functions[at][line].replace("state", f"state_{number}")


def write(clone: Clone, files: dict[str, list[list[str]]]) -> None:
    clone.git("rm", "-rq", "--ignore-unmatch", "src", *(f"lib{n}" for n in range(26)))
    for name, functions in files.items():
        path = clone.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for part in functions for line in part))
    clone.git("add", "-A")
    clone.git("commit", "-q", "--allow-empty", "-m", "change")
