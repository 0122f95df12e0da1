"""The definition around a line, in the languages that people review."""

import pytest

from git_naturecode.domain.review.symbols import enclosing

PYTHON = """\
import os

class Retry:
    limit = 3

    def wait(self):
        if self.limit:

            return 1
        for n in range(3):
            pass

x = 1
"""
GO = """\
package main

func (r *Retry) Wait() error {
	if r.limit > 0 {
		return nil
	}
}

var x = 1
"""
C = """\
static int wait(struct retry *r)
{
    if (r->limit) {
        return 1;
    }
}
"""
MARKDOWN = "# One\n\ntext\n"


@pytest.mark.parametrize(
    ("text", "line", "symbol"),
    [
        (PYTHON, 9, "    def wait(self):"),
        (PYTHON, 8, "    def wait(self):"),
        (PYTHON, 11, "    def wait(self):"),
        (PYTHON, 6, "class Retry:"),
        (PYTHON, 4, "class Retry:"),
        (PYTHON, 13, ""),
        (PYTHON, 1, ""),
        (GO, 5, "func (r *Retry) Wait() error {"),
        (GO, 3, ""),
        (GO, 9, ""),
        (C, 4, "static int wait(struct retry *r)"),
        (MARKDOWN, 3, ""),
        ("", 1, ""),
    ],
)
def test_enclosing(text: str, line: int, symbol: str) -> None:
    assert enclosing(text.split("\n"), line - 1) == symbol


def test_a_long_file_is_not_walked_through() -> None:
    assert enclosing(["def f():", *["    x"] * 100_000], 100_000) == ""
