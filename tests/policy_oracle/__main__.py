"""Many histories, wrong ones made small: `python -m tests.policy_oracle FIRST COUNT STEPS CODES`.

More CODES, more joining.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from policy_oracle.histories import History
from policy_oracle.judging import Count, broken, disorder, look_at, smallest, told
from policy_oracle.wire import Line


def main(first: int, number: int, steps: int, codes: float = 1.0) -> int:
    """Look at histories; 1 when one is wrong."""
    count = Count()
    for seed in range(first, first + number):
        history = History(seed, steps, codes)
        wrong = look_at(history, count)
        if wrong:
            count.broken.append(str(seed))
            print(f"seed {seed}, {steps} steps: {len(wrong)} wrong, the first: {wrong[0]}")
            if len(count.broken) <= 5:
                print(_small(history, wrong[0]))
    print({name: value for name, value in vars(count).items() if name != "broken"})
    print(f"wrong: {len(count.broken)} of {number} {count.broken[:20]}")
    return bool(count.broken)


def _small(history: History, first: str) -> str:
    kind = first.split(":")[0]

    def fails(lines: Sequence[Line]) -> bool:
        look = broken if kind != "order" else None
        said = history.world.said
        if look:
            found = list(look(lines, history.pinned, said, Count()))
        else:
            found = list(disorder(lines, history.pinned, said, history.random, Count()))
        return any(one.startswith(kind) for one in found)

    lines = smallest(history.lines, fails, history.pinned)
    found = [*broken(lines, history.pinned, history.world.said, Count())]
    return "\n".join([told(history, lines), *(f"  -> {one}" for one in found[:3])])


if __name__ == "__main__":
    values = [int(value) for value in sys.argv[1:]]
    sys.exit(main(*(values + [0, 500, 14, 1][len(values) :])))
