"""One conversation with a model: what is asked, what is heard, and that both are kept."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.ai import budget, conversation, files
from git_naturecode.ai import settings as settings_
from git_naturecode.ai.files import Given
from git_naturecode.ai.providers.protocol import Answer, Message, ProviderFailed
from git_naturecode.cli import model as models
from git_naturecode.cli.answers import warn_of_secrets
from git_naturecode.cli.changing import changing
from git_naturecode.cli.context import Context
from git_naturecode.cli.session_say import add
from git_naturecode.domain import drafts
from git_naturecode.domain.session import Session
from git_naturecode.git.objects import Missing
from git_naturecode.render.show import line
from git_naturecode.render.streamed import Streamed
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import Store

_MOST_ANSWER = 512 << 10  # bytes: it has to find room in one entry
_MOST_NAME = 100
_MARK_BYTES = 9


class Turn(NamedTuple):
    """What came of a question: the entries that hold both sides, and how the answer ended.

    `cut` is "" for a whole answer, else "interrupted", "length", "refused" or "failed". `answered`
    is None where nothing came.
    """

    asked: Entry
    answered: Entry | None
    text: str
    cut: str
    failure: ProviderFailed | None
    json: dict[str, Json]


class Chat:
    """A conversation in the session that `wanted` means.

    Raises, before anything is written or sent, where there is no such session, this person may not
    write in it, or no model can be asked.
    """

    def __init__(
        self, context: Context, wanted: str, provider: str | None, model: str | None
    ) -> None:
        self.context = context
        self._files: list[Given] = []
        self._settled = False
        with changing(context, wanted) as here:
            here.require("write", "write in")
            here.require_permitted(drafts.message("", "user"), drafts.message("", "assistant"))
            self.entity = here.session.id
            self.settings = models.chosen(context, here.store, provider, model)
            settings_.require_chat(self.settings)
            self._asked = models.opened(context, here.store, self.settings, self.entity)
            self._earlier = self._shared_before(here.store, here.session)
            if here.session.encrypted:
                context.tell(f"warning: this session is encrypted, and {self._where} reads it")
        if self.settings.model_from == "team":
            context.tell(f"the model is {line(self.settings.model)}, as the team has set it")

    @property
    def about(self) -> str:
        """Whom one talks with."""
        if not self.settings.endpoint:
            return f"talking with what naturecode.ai.{line(self.settings.provider)} names"
        return f"talking with {line(self.settings.label)} at {self._where}"

    @property
    def cost(self) -> str:
        """What the session has taken so far."""
        return _words(self._asked.ledger.spent())

    @property
    def _where(self) -> str:
        from urllib.parse import urlsplit

        return urlsplit(self.settings.endpoint).netloc or f"your {self.settings.provider}"

    def show_files(self, paths: Sequence[str]) -> None:
        """Have the model see these files from now on, and note them in the session."""
        context = self.context
        found = files.give(context.repo, context.cwd, paths, context.redactor)
        known = {(one.path, one.blob) for one in [*self._earlier, *self._files] if one.blob}
        for one in found:
            if (one.path, one.blob) not in known:
                add(context, self.entity, drafts.file(one.path, "", one.blob))
            if one.hidden:
                labels = ", ".join(one.hidden)
                context.tell(f"warning: of {line(one.path)} is not shown: {labels}")
        named = {one.path for one in found}
        self._files = [one for one in self._files if one.path not in named] + found

    def attach(self, commits: Sequence[str]) -> None:
        """Link these commits to the session."""
        if not commits:
            return
        from git_naturecode import linking
        from git_naturecode.cli.session_link import meant
        from git_naturecode.linking.attaching import attach

        with changing(self.context, self.entity) as here:
            here.require("write", "link commits")
            here.require_permitted(Draft("link", {}))
            linking.drain(here.store)
            infos = meant(here.store, list(commits))
            attach(here.store, here.session.id, infos)
        for oid, info in infos.items():
            self.context.tell(f"linked: {oid[:12]} {line(info.message.partition(chr(10))[0])}")

    def ask(self, text: str, *, aloud: bool) -> Turn:
        """Say `text` and hear the answer (`aloud`: on stdout as it comes); both are kept.

        Raises ProviderFailed where nothing at all came of it; then the question is kept.
        """
        messages = self._question(text)
        asked = add(self.context, self.entity, drafts.message(text, "user"))[1]
        warn_of_secrets(self.context, asked)
        heard = _Heard(self.context, aloud)
        try:
            answer, cut, failure = self._hear(messages, heard)
        except ProviderFailed as error:
            self._settle(error)
            raise
        finally:
            heard.end()
        self._settle(failure)
        told = self._kept(answer, cut)
        return Turn(asked, told, answer.text, cut, failure, self._json(asked, told, answer, cut))

    def _question(self, text: str) -> list[Message]:
        """What is sent; raises where there is no room for it, in the model or in the budget."""
        context, wanted = self.context, self.settings
        with changing(context, self.entity) as here:
            session, person = here.session, here.store.person
        named = {one.path for one in self._files}
        shown = [one for one in self._earlier if one.path not in named] + self._files
        redacted = context.redactor.text(text)[0]
        mark = "=" * 8 + context.random(_MARK_BYTES).hex()
        told = conversation.build(
            session, redacted, person, shown, context.redactor, room=wanted.context_tokens,
            mark=mark,
        )  # fmt: skip
        if told.left_out:
            context.tell(f"note: the first {told.left_out} messages have no room in the question")
        expected = budget.estimate(told.messages, wanted.limits, wanted.price)
        budget.require_room(wanted, self._asked.ledger.spent(), expected)
        return told.messages

    def _hear(
        self, messages: list[Message], heard: "_Heard"
    ) -> tuple[Answer, str, ProviderFailed | None]:
        limits = self.settings.limits._replace(size=_MOST_ANSWER)
        model = self.settings.model

        def so_far() -> Answer:
            return Answer("".join(heard.pieces), model, None, None, "unknown")

        try:
            answer = self._asked.model.complete(messages, limits=limits, on_text=heard)
        except KeyboardInterrupt:
            return so_far(), "interrupted", None
        except ProviderFailed as failure:
            if not "".join(heard.pieces).strip():
                raise
            return so_far(), "failed", failure
        except BrokenPipeError:  # whoever read it has gone: keep what came, and go as he did
            self._kept(so_far(), "interrupted")
            raise
        return answer, answer.finish if answer.finish in ("length", "refused") else "", None

    def _kept(self, answer: Answer, cut: str) -> Entry | None:
        if not answer.text.strip():
            return None
        name = line(answer.model or self.settings.model or self.settings.provider)[:_MOST_NAME]
        fields: dict[str, Json] = {"role": "assistant", "model": name}
        draft = Draft("message", fields | ({"cut": cut} if cut else {}), answer.text)
        return add(self.context, self.entity, draft)[1]

    def _settle(self, failure: ProviderFailed | None) -> None:
        """Say once whether the key was right."""
        is_known = failure is None or failure.kind == "auth"
        if is_known and not self._settled:
            self._settled = True
            self._asked.settle(self.context, is_good=failure is None)

    def _json(self, asked: Entry, told: Entry | None, answer: Answer, cut: str) -> dict[str, Json]:
        spent = self._asked.ledger.spent()
        return {
            "messageId": asked.id,
            "answer": {
                "messageId": told.id if told else None, "content": answer.text,
                "model": answer.model, "cut": cut or None, "tokensIn": answer.tokens_in,
                "tokensOut": answer.tokens_out,
            },
            "spent": {
                "tokensIn": spent.tokens_in, "tokensOut": spent.tokens_out,
                "cost": None if spent.cost is None else str(spent.cost),
            },
        }  # fmt: skip

    def _shared_before(self, store: Store, session: Session) -> list[Given]:
        """The files that the session has, as far as their contents are in this clone.

        They may fill half of a question, the newest first: others share files, too.
        """
        blobs = {one.path: one.blob for one in session.files if one.blob and not one.lines}
        room = self.settings.context_tokens // 2
        found: list[Given] = []
        for path, blob in reversed(blobs.items()):
            text = self._content(store, blob)
            if text is None:
                continue
            room -= budget.tokens_of(text)
            if room < 0:
                self.context.tell(f"note: {line(path)} has no room in the question")
                break
            found.insert(0, Given(path, text, blob))
        return found

    def _content(self, store: Store, blob: str) -> str | None:
        """The text of a blob without its secrets; None where it is no such thing, or not here."""
        try:
            kind, size = store.team.objects.header(blob)
            if kind != "blob" or size > files.MOST_BYTES:
                return None
            text = files.as_text(store.team.objects.read(blob)[1])
        except (Missing, ValueError):
            return None
        return None if text is None else self.context.redactor.text(text)[0]


class _Heard:
    """Hears an answer: keeps each piece, and says it where it is to be said."""

    def __init__(self, context: Context, aloud: bool) -> None:
        self.pieces: list[str] = []
        self._context, self._aloud = context, aloud
        self._shown = Streamed()

    def __call__(self, piece: str) -> None:
        self.pieces.append(piece)
        self._write(self._shown.feed(piece))

    def end(self) -> None:
        """Nothing more comes."""
        rest = self._shown.end()
        is_open = bool(self.pieces) and not "".join(self.pieces[-1:]).endswith("\n")
        self._write(rest + ("\n" if is_open or rest else ""))

    def _write(self, text: str) -> None:
        if self._aloud and text:
            self._context.out.write(text)
            self._context.out.flush()


def _words(spent: budget.Spent) -> str:
    cost = budget.money(spent.cost)
    return f"{spent.tokens_in} tokens in, {spent.tokens_out} out, cost {cost}"
