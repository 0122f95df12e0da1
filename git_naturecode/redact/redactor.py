"""The redactor: quick tests that show which rules a text needs, then those rules."""

from collections.abc import Iterable, Set
from typing import Any

from ..errors import NaturecodeError, Unsafe
from .blocks import find_blocks
from .context import WORDS, find_in_context, is_secret_key
from .encoded import BASE64, find_encoded
from .folded import find_folded
from .forms import HINT
from .glance import RUN, base64_runs, has_folds, long_runs, one_byte_each, signs_in
from .links import WEBHOOKS, find_addresses, find_authorizations, find_curl_users, find_webhooks
from .looks import looks_secret
from .own import Forms
from .spans import MARK, Numbers, Piece, Span, cut_up, merge
from .tokens import find_tokens

Json = Any
Labels = tuple[str, ...]

_SHORTEST = 8
_SHORT = 100
_REMEMBERED = 10_000
_ASCII_LOWER = {i: i + 32 for i in range(65, 91)}
_DEPTH = 3
_MAX_NESTING = 200


class RedactionFailed(Unsafe):
    """A text could not be looked through for secrets; it is kept out."""


class Redactor:
    """Replaces secrets by labels `[REDACTED:<rule>:<n>]`.

    `own` are the user's own secret values (`own_secrets`), found wherever they stand, also JSON-
    or URL-escaped or within base64. Values shorter than six characters are not looked for.
    """

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._own = Forms(own, RUN)
        self._clean: set[str] = set()

    def text(self, text: str, *, keep: int = 0) -> tuple[str, Labels]:
        """`text` without its secrets, and the labels of the replaced spans in order of position.

        Redacting the result again changes nothing. Base64 of more than `keep` characters stays (0:
        none does), where only within what it decodes to something looks secret. Raises
        RedactionFailed, never lets text pass that was not looked through.
        """
        try:
            pieces = cut_up(text, self._find)
            if keep:
                pieces = [Piece(p.text) if self._may_stay(p, keep) else p for p in pieces]
            if len(pieces) <= 1 and not any(piece.rule for piece in pieces):
                return text, ()
            numbers = Numbers()
            numbers.seen(text)
            return numbers.write(pieces)
        except NaturecodeError:
            raise
        except Exception as error:
            raise _failed(error) from None

    def texts(self, texts: Iterable[str]) -> tuple[list[str], Labels]:
        """Several texts of one thing: as `text`, with numbers and labels counted over them all."""
        try:
            kept = list(texts)
            pieces = [cut_up(text, self._find) for text in kept]
            if not any(piece.rule for each in pieces for piece in each):
                return kept, ()
            numbers = Numbers()
            for text in kept:
                numbers.seen(text)
            told = [numbers.write(each) for each in pieces]
            return [text for text, _ in told], tuple(label for _, found in told for label in found)
        except NaturecodeError:
            raise
        except Exception as error:
            raise _failed(error) from None

    def lines(self, lines: Iterable[str]) -> list[str]:
        """Lines of one text without its secrets; of one over several lines the first has the label
        and the others are empty. Raises RedactionFailed as `text` does."""
        try:
            kept = list(lines)
            text = "\n".join(kept)
            numbers = Numbers()
            numbers.seen(text)
            told = [
                numbers.write([piece])[0] + "\n" * (piece.text.count("\n") if piece.rule else 0)
                for piece in cut_up(text, self._find)
            ]
            return "".join(told).split("\n") if kept else []
        except NaturecodeError:
            raise
        except Exception as error:
            raise _failed(error) from None

    def value(self, value: Json) -> tuple[Json, Labels]:
        """A JSON value without its secrets (strings at any depth, keys too), and the labels.

        Numbers of labels count over the whole value. Raises RedactionFailed as `text` does.
        """
        try:
            numbers = Numbers()
            labels: list[str] = []
            for text in _strings(value, 0):
                numbers.seen(text)
            return self._walk(value, None, numbers, labels), tuple(labels)
        except NaturecodeError:
            raise
        except Exception as error:
            raise _failed(error) from None

    def _walk(self, value: Json, key: str | None, numbers: Numbers, labels: list[str]) -> Json:
        if isinstance(value, str):
            text, found = numbers.write(self._pieces(value, key))
            labels.extend(found)
            return text
        if isinstance(value, list | tuple):
            return [self._walk(item, key, numbers, labels) for item in value]
        if isinstance(value, dict):
            return self._walk_dict(value, numbers, labels)
        return value

    def _walk_dict(self, value: dict[Any, Json], numbers: Numbers, labels: list[str]) -> Json:
        out: dict[Any, Json] = {}
        for key, item in value.items():
            name = self._walk(key, None, numbers, labels)
            while name in out:
                name += "'"
            out[name] = self._walk(item, key if isinstance(key, str) else None, numbers, labels)
        return out

    def _pieces(self, text: str, key: str | None) -> list[Piece]:
        pieces = cut_up(text, self._find)
        untouched = len(pieces) == 1 and not pieces[0].rule and MARK not in text
        strong = is_secret_key(key) if key and untouched else None
        if strong is not None and looks_secret(text, strong=strong, literal=True):
            return [Piece(text, "value")]
        return pieces

    def _may_stay(self, piece: Piece, keep: int) -> bool:
        is_long = piece.rule == BASE64 and len(piece.text) > keep
        return is_long and not self._find_at(piece.text, 0)

    def _find(self, text: str) -> list[Span]:
        """Every secret of `text`; names and paths that were clean before need no second look."""
        if len(text) > _SHORT:
            return self._find_at(text, _DEPTH)
        if text in self._clean:
            return []
        spans = self._find_at(text, _DEPTH)
        if not spans and len(self._clean) < _REMEMBERED:
            self._clean.add(text)
        return spans

    def _find_at(self, text: str, depth: int) -> list[Span]:
        """Every secret of `text`, joined and in order; `depth` bounds base64 within base64."""
        if len(text) < _SHORTEST:
            return []
        data = one_byte_each(text)
        spans = self._unfolded(text, data, depth)
        if has_folds(data):
            spans += find_folded(text, lambda t: self._unfolded(t, one_byte_each(t), depth))
        return merge(spans) if spans else spans

    def _unfolded(self, text: str, data: bytes, depth: int) -> list[Span]:
        runs = long_runs(data)
        spans: list[Span] = []
        if self._own:
            spans += self._own.find(text, runs)
        if runs and HINT.search(runs):
            spans += find_tokens(text)
        if signs := signs_in(data):
            spans += _by_signs(text, signs)
        if depth and (wide := base64_runs(data)):
            spans += find_encoded(text, wide, lambda inner: bool(self._find_at(inner, depth - 1)))
        return spans


def _by_signs(text: str, signs: Set[bytes]) -> list[Span]:
    """Secrets that what stands around them betrays, looked for by the rules that `signs` call."""
    spans: list[Span] = []
    if b"privatekey" in signs:
        spans += find_blocks(text)
    if b"://" in signs:
        spans += find_addresses(text)
    if not signs.isdisjoint(WEBHOOKS):
        spans += find_webhooks(text)
    if b"curl" in signs:
        spans += find_curl_users(text)
    headers = not signs.isdisjoint((b"authoriz", b"bearer"))
    if headers or not signs.isdisjoint(WORDS):
        lower = text.lower()
        if len(lower) != len(text):
            lower = text.translate(_ASCII_LOWER)
        if headers:
            spans += find_authorizations(text, lower)
        spans += find_in_context(text, lower, signs)
    return spans


def _strings(value: Json, depth: int) -> Iterable[str]:
    if depth > _MAX_NESTING:
        raise RedactionFailed("a value is nested too deeply to be looked through for secrets")
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key, depth + 1)
            yield from _strings(item, depth + 1)


def _failed(error: Exception) -> RedactionFailed:
    # The error's own text might quote what it failed on.
    return RedactionFailed(
        f"looking for secrets failed ({type(error).__name__}); the text was kept out"
    )
