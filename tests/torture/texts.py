"""The texts that are said: plain, Markdown, and such as look like the record itself."""

from random import Random

WORDS = (
    "retry", "jitter", "parser", "lock", "index", "branch", "delay", "queue", "merge", "cache",
    "session", "token", "review", "timeout", "Größe", "日本語", "naïve", "budget",
)  # fmt: skip
TRAPS = (
    "<!-- nc:end x sha256:0000000000000000 -->",
    '<!-- nc:entry {"at":"x","id":"y","kind":"message"} -->',
    "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs",
    "---\nnaturecode: log/1\n---",
    "```\nopen fence",
    "<details><summary>hidden",
    "- item\n  ```py\n  x = 1\n  ```",
    "#### somebody · 2026-01-01 00:00",
    "\x1b[31mred\x1b[0m and \x07 bell",
    "line\u2028separator and \x0c feed",
    "a\r\nb\r\nc",
)


def text(token: str, pick: int) -> str:
    """A text with `token` in it."""
    chance = Random(pick)
    style = chance.random()
    plain = " ".join(chance.choices(WORDS, k=chance.randint(1, 30)))
    if style < 0.6:
        return f"{token} {plain}"
    if style < 0.85:
        return f"{token} {plain}\n\n{chance.choice(TRAPS)}\n\n{plain}"
    if style < 0.97:
        return f"{token}\n" + "\n".join(plain for _ in range(chance.randint(1, 60)))
    return f"{token}\n" + f"{plain}\n" * chance.randint(100, 1500)
