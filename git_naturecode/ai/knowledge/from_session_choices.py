"""Rules for decisions: what a person wanted, what was proposed and agreed to, what a plan says."""

import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Said, is_agreed
from git_naturecode.ai.knowledge.found import Found, Read, bared, informative, prose, quoted, title
from git_naturecode.ai.knowledge.outcome import outcome
from git_naturecode.ai.knowledge.parts import LIST, TEXT, Part, Topic, topics
from git_naturecode.ai.knowledge.proposal import Statement
from git_naturecode.ai.knowledge.sentences import sentences, spoken, tells, words
from git_naturecode.ai.knowledge.standing import has_fallen, is_renewed, is_undone, is_unsettled

_OFFER = re.compile(
    r"^(?:should (?:i|we)|would you like me to|do you want me to|want me to|shall (?:i|"
    r"we))\s+(?:also |just |then )?"
    r"(?P<what>.+?)\?",
    re.I,
)
_CHORE = re.compile(
    r"^(?:commit|push|run|check|look|test|open|create (?:a )?(?:pr|pull|branch|commit)|"
    r"proceed|continue|go|examine|"
    r"investigate|explore|show|read|verify|review|make\b|address|implement|help|do|try|"
    r"add (?:a |more )?tests?)\b",
    re.I,
)
_ASKING = re.compile(
    r"^(?:(?:yes|ok|okay|yeah|yep|hm+|so|and|then|now|also|great|please|sure|right|well|"
    r"actually)[,.! ]+)*"
    r"(?:(?:let'?s|let us|we should|we'll|we will|please|can (?:you|we)|could (?:you|we)|"
    r"i want (?:to|you to)|i'?d like (?:to|you to)|"
    r"i would like (?:to|you to)|you should|just)\s+)?(?:(?:completely|just|also|please)\s+)*",
    re.I,
)
_THING = re.compile(r"[`/_.]\w|\w[A-Z]|\bfrom\b.+\bto\b")
_PLAN = re.compile(r"\bplan\b|计划|方案", re.I)
_PLAN_HEAD = re.compile(r"^(?:implementation )?plan\s*[:：-]\s*", re.I)
_AROUND = re.compile(r"^(?:background|context|motivation|背景|动机)", re.I)
_OURS = re.compile(r"\bour\b|\bthe existing\b|我们的|现有", re.I)
_SHORT_NAME = 55
_INSTEAD = re.compile(
    r"^(?:[\w ]+: )?(?:since|because|as) .+?,? (?:instead of|rather than) (?P<other>[^,;]{8,120}), "
    r"(?:I|we)(?:'ve| have)? (?P<did>.{8,})",
    re.I,
)
_INSTEAD_AFTER = re.compile(
    r"\b(?:I|we)(?:'ve| have)? (?P<did>(?:[^,;.`]|`[^`]*`){8,120}?),? (?:instead of|rather than) "
    r"(?P<other>(?:[^,;.`]|`[^`]*`){8,120}?),? (?:since|because) .{8,}",
    re.I,
)
_DID_VERB = re.compile(r"^(?:created|added|made|wrote|opened|used|introduced|put) ", re.I)
_CODE_NAME = re.compile(r"`[^`\s]{3,40}`")
_SHORTENED = re.compile(r"(?:that|it|they|these|those|which|such)\b", re.I)
_FEWEST = 3
_FEWEST_REASON = 10  # words of a choice with its reason
_LONG = 1_500  # characters of what nobody says in passing


def choices(read: Read) -> Iterator[Found]:
    """Decisions of the session."""
    for at, episode in enumerate(read.episodes):
        yield from _planned(read, at)
        yield from _ordered(read, at)
        yield from _accepted(read, at)
        for said in episode.said:
            yield from _reasoned(read, at, said)
            yield from _why_not(read, at, said)
            yield from _rather(read, at, said)


def _why_not(read: Read, at: int, said: Said) -> Iterator[Found]:
    """A heading that asks why another way was not taken, and the reason below it."""
    for topic in topics(said.text):
        for name, parts in ((topic.title, topic.parts), *topic.fields):
            text, head = prose(parts), title(name.rstrip("?？ "))
            is_told = marks.WHY.search(text) and len(words(text)) >= _FEWEST_REASON
            if not marks.WHY_NOT.search(name) or not head or not is_told:
                continue
            if has_fallen(read, at, text) or is_renewed(read, said, name, text):
                continue
            why = "it says why another way was not taken"
            sure = 0.7 + 0.05 * is_agreed(read.episodes, at)
            statements = (read.told(text, said),)
            yield Found("decision", head, statements, (), sure, why, said.number)


def _rather(read: Read, at: int, said: Said) -> Iterator[Found]:
    """A sentence that tells, when all is done, what was done instead of what, and for which
    reason."""
    episode = read.episodes[at]
    if not any(one.ok for one in episode.calls) or said is not episode.answer:
        return
    parts = [part for topic in topics(said.text) for part in _all(topic)]
    for part in parts:
        for item in part.items or (part.text,):
            for sentence in sentences(item) if part.kind in (TEXT, LIST) else ():
                found = _INSTEAD.search(sentence) or _INSTEAD_AFTER.search(sentence)
                named = _CODE_NAME.search(sentence)
                if not found or not named or has_fallen(read, at, sentence):
                    continue
                did, other = _short(_DID_VERB.sub("", found["did"])), _short(found["other"])
                head = title(f"{named[0]}: {did} instead of {other}", f"{did} instead of {other}")
                if not head or is_undone(read, said.number, sentence):
                    continue
                statements = [read.told(sentence, said)]
                if episode.is_declined and len(episode.asked[0].text) < _LONG:
                    asked = episode.asked[0]
                    statements.append(read.told(quoted(asked.text), asked, heading="Because"))
                why = "one way was taken instead of another, with the reason"
                yield Found("decision", head, tuple(statements), (), 0.7, why, said.number)


def _short(text: str) -> str:
    """`text` as far as its first clause, and as its last words about where."""
    bare = re.split(r" (?:that|which|so|to|because|since) |[,;:]", text.strip(" ."))[0]
    place = re.search(r" (?:on|in|for|at|from|of) ", bare)
    if place and len(words(bare[: place.start()])) > 2:
        bare = bare[: place.start()]
    return bare


def _ordered(read: Read, at: int) -> Iterator[Found]:
    """A person wants something to be otherwise, and it is done."""
    episode = read.episodes[at]
    if not episode.edited and not any(
        one.kind == "shell" and one.ok is not False for one in episode.calls
    ):
        return
    for asked in episode.asked:
        if len(asked.text) > _LONG:
            continue
        for sentence in spoken(asked.text):
            is_named = _THING.search(sentence) or (episode.is_declined and _OURS.search(sentence))
            if not marks.ORDER.search(sentence) or not is_named or len(words(sentence)) < _FEWEST:
                continue
            head = title(_ASKING.sub("", sentence).rstrip("?？. "))
            made = _made(read, at, asked)
            if not head or not made:
                continue
            if not marks.WHY.search(asked.text):
                continue  # a change that nobody gives a reason for is in the commit already
            sure = 0.65 + 0.1 * bool(episode.edited)
            sure += 0.05 * is_agreed(read.episodes, at)
            yield Found(
                "decision",
                head,
                (read.told(quoted(asked.text), asked), *made),
                episode.edited,
                sure,
                "a person asked for it, and it was done",
                made[-1].sources[-1].number,
            )
            break


def _made(read: Read, at: int, asked: Said) -> list[Statement]:
    """What became of what was `asked`; of a call that was declined, what had been proposed."""
    episode = read.episodes[at]
    made = []
    if episode.is_declined and at and read.episodes[at - 1].answer:
        before = read.episodes[at - 1].answer
        text = (
            prose([part for topic in topics(before.text) for part in _all(topic)], 500)
            if before
            else ""
        )
        if text and before:
            made.append(read.told(text, before, heading="Instead of"))
    if episode.answer:
        done = outcome(episode.answer.text)
        if done:
            made.append(read.told(done, episode.answer, heading="What was done"))
    return made


def _accepted(read: Read, at: int) -> Iterator[Found]:
    """Something was offered, a person said yes, and it was done."""
    episode = read.episodes[at]
    if not episode.answer or not is_agreed(read.episodes, at):
        return
    after = read.episodes[at + 1]
    if not after.edited or len(after.request) > 200 or after.answer is None:
        return
    last = [part for topic in topics(episode.answer.text) for part in _all(topic)][-1:]
    for part in last:
        every = sentences(part.text) if part.kind == TEXT else []
        for number, sentence in enumerate(every):
            offer = _OFFER.search(sentence)
            if not offer or _CHORE.search(offer["what"]) or len(words(offer["what"])) < 4:
                continue
            reason = " ".join(one for one in every[number + 1 :] if tells(one))
            before = prose(
                [p for topic in topics(episode.answer.text) for p in topic.parts][-4:-1], 900
            )
            done = outcome(after.answer.text)
            head = title(offer["what"])
            if not head or not done or has_fallen(read, at + 1, head + done):
                continue
            offered = f"{head}. {reason}".strip() if reason else ""
            said = "\n\n".join(filter(None, (before, offered))) or f"{head}."
            statements = (
                read.told(said, episode.answer, after.asked[-1]),
                read.told(done, after.answer, heading="What was done"),
            )
            yield Found(
                "decision",
                head,
                statements,
                after.edited,
                0.6 + 0.1 * bool(reason or before),
                "it was offered, and a person agreed",
                after.answer.number,
            )


def _all(topic: Topic) -> list[Part]:
    return [*topic.parts, *(part for _, parts in topic.fields for part in parts)]


def _reasoned(read: Read, at: int, said: Said) -> Iterator[Found]:
    """A topic that takes one way, with its reason, and that nobody objected to."""
    episode = read.episodes[at]
    agreed = is_agreed(read.episodes, at) and said is episode.answer
    for topic in topics(said.text):
        units = [(topic.title, topic.parts, topic.parents)]
        units += [(name, parts, (*topic.parents, topic.title)) for name, parts in topic.fields]
        for name, parts, parents in units:
            text = prose(parts)
            deciding = [
                one
                for part in parts
                if part.kind == TEXT
                for one in sentences(part.text)
                if marks.DECIDED.search(one) and tells(one)
            ]
            if not deciding or not marks.WHY.search(text) or len(words(text)) < _FEWEST_REASON:
                continue
            certain = any(
                re.search(r"intent|by design|on purpose|decid|有意|决定", one, re.I)
                for one in deciding
            )
            if (not agreed and not certain) or has_fallen(read, at, text):
                continue
            if is_unsettled(text) or is_renewed(read, said, name, text):
                continue
            head = title(*_headed(name, deciding, parents))
            if head:
                sure = 0.5 + 0.15 * agreed + 0.1 * certain + 0.05 * informative(name)
                yield Found(
                    "decision",
                    head,
                    (read.told(text, said),),
                    episode.edited,
                    sure,
                    "a way is taken, with its reason" + (", and a person agreed" if agreed else ""),
                    said.number,
                )


def _headed(name: str, deciding: list[str], parents: tuple[str, ...]) -> Iterator[str]:
    if informative(name):
        if len(name) < _SHORT_NAME and not _SHORTENED.match(deciding[0]):
            point = bared(deciding[0])
            yield f"{name}: {point if point[1:2].isupper() else point[:1].lower() + point[1:]}"
        yield name
    yield from deciding
    yield from (one for one in reversed(parents) if informative(one))


def _reason(topic: Topic) -> str:
    """Why a plan is made, if `topic` of it tells that."""
    text = prose(topic.parts)
    if _AROUND.search(topic.title):
        return text if marks.WHY.search(text) else ""
    named = marks.PROBLEM_NAMES.search(topic.title) or marks.DECISION_NAMES.search(topic.title)
    return text if named else ""


def _planned(read: Read, at: int) -> Iterator[Found]:
    """A plan that says why, and that was carried out."""
    episode = read.episodes[at]
    for asked in episode.asked:
        found = topics(asked.text)
        heads = [one for one in found if one.title]
        if len(heads) < 3 or not _PLAN.search(asked.text[:300]) or not episode.edited:
            continue
        why = "\n\n".join(text for one in heads if (text := _reason(one)))
        if not why:
            continue
        head = title(_PLAN_HEAD.sub("", heads[0].title), asked.text.split("\n")[0])
        done = outcome(episode.answer.text) if episode.answer else ""
        if not head or not done or episode.answer is None:
            continue
        statements = [
            read.told(why, asked, heading="Why"),
            read.told(done, episode.answer, heading="What was decided"),
        ]
        for one in heads:
            if one.title.casefold().startswith("note") and prose(one.parts):
                statements.append(read.told(prose(one.parts), asked, heading=one.title))
        yield Found(
            "decision",
            head,
            tuple(statements),
            episode.edited,
            0.8,
            "a plan that says why, carried out",
            asked.number,
        )
