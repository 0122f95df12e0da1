"""Answers that were recorded before: the same question gets the same answer, with no model at all.

A record is a line of JSON: `request` (what `digest` gives for the question) or `contains` (words of
its last message, for questions that are never the same twice), `answer`, and perhaps `model`,
`tokensIn`, `tokensOut`, `finish`.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from git_naturecode.ai.providers.protocol import (
    USUAL,
    Answer,
    Around,
    Finish,
    Limits,
    Message,
    ProviderFailed,
)
from git_naturecode.errors import Usage

_ENDINGS = (".json", ".jsonl")
_FINISHES: tuple[Finish, ...] = ("stop", "length", "refused", "unknown")
_MOST_BYTES = 64 << 20


def digest(messages: Sequence[Message]) -> str:
    """What a question is known by: a hash of who says what in it."""
    told = json.dumps([list(one) for one in messages], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Replay:
    """The records in the file `path`, or in all `.json` and `.jsonl` files of that folder."""

    path: str
    model: str = ""
    name: str = "replay"

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See `Provider`; raises ProviderFailed for a question that was not recorded."""
        wanted, last = digest(messages), messages[-1].text if messages else ""
        for record in _records(self.path):
            words = record.get("contains")
            if record.get("request") == wanted or (isinstance(words, str) and words in last):
                answer = self._answer(record)
                if on_text is not None and answer.text:
                    on_text(answer.text)
                return answer
        raise ProviderFailed(
            f"no answer to this question is recorded in {self.path}",
            hint=f"the question is {wanted}; git config naturecode.ai.record FILE records answers",
        )

    def _answer(self, record: Mapping[str, Any]) -> Answer:
        finish = record.get("finish", "stop")
        counts = [record.get(name) for name in ("tokensIn", "tokensOut")]
        if not isinstance(record.get("answer"), str) or finish not in _FINISHES:
            raise ProviderFailed(f"{self.path} holds a record that is none")
        tokens_in, tokens_out = (one if isinstance(one, int) else None for one in counts)
        model = str(record.get("model") or self.model)
        return Answer(record["answer"], model, tokens_in, tokens_out, finish)


@dataclass(frozen=True)
class Recording(Around):
    """Another provider, whose answers are added to the file `path`; the questions are not."""

    path: str

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See `Provider`."""
        answer = self.inner.complete(messages, schema=schema, limits=limits, on_text=on_text)
        record = {
            "request": digest(messages), "answer": answer.text, "model": answer.model,
            "tokensIn": answer.tokens_in, "tokensOut": answer.tokens_out, "finish": answer.finish,
        }  # fmt: skip
        with open(self.path, "a", encoding="utf-8", opener=_private) as file:
            file.write(json.dumps(record) + "\n")
        return answer


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _records(path: str) -> Iterator[dict[str, Any]]:
    for name in _files(path):
        with open(name, encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    record = json.loads(text)
                except (ValueError, RecursionError):
                    record = None
                if not isinstance(record, dict):
                    raise ProviderFailed(f"line {number} of {name} is no record of an answer")
                yield record


def _files(path: str) -> list[str]:
    try:
        if os.path.isdir(path):
            names = sorted(name for name in os.listdir(path) if name.endswith(_ENDINGS))
            files = [os.path.join(path, name) for name in names]
        else:
            files = [path]
        if sum(os.path.getsize(name) for name in files) <= _MOST_BYTES:
            return files
    except OSError as error:
        raise Usage(
            f"there are no recorded answers at {path or repr(path)} ({error.strerror})",
            "git config naturecode.ai.replay PATH",
        ) from None
    raise Usage(f"the recorded answers at {path} are more than {_MOST_BYTES} bytes")
