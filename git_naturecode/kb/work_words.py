"""Words that tell what somebody is working on, each with how much it tells; few, never the whole.

Of code that is being written identifiers, what is imported, and the words of error texts count; of
what people say (a task, a request, a branch's name) each word that is no stop word.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.store.words import STOP, dense_runs

TASK, REQUEST, BRANCH, PATH, COMMIT, CODE = 3.0, 1.5, 2.0, 1.4, 0.5, 0.8
"""What a word counts, by where it stands."""
_BRANCH, _REQUEST, _COMMIT, _CODE, _NAME_OF_FILE, _WHOLE = range(6)
_BY_PEOPLE = {_BRANCH, _REQUEST, _COMMIT}
_MOST_LINES = 4_000
_MOST_LINE = 400  # characters
_MOST_WORDS = 60  # of code
_MOST_SAID = 80  # words of one text that somebody said
_SAID = re.compile(r"[^\W_]\w{1,59}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,59}")
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*")
_IMPORT = re.compile(
    r"^\s{0,40}(?:import|from|use|require|#include|using)\b\s*(.{1,200})"
    r"|\brequire\(\s*['\"]([^'\"]{1,100})"
)
_ERROR = re.compile(
    r"\b(?:raise|throw|panic|Error|Exception|errors?\.New|fatal|reject|abort)\b"
    r".{0,80}?(['\"`])(.{4,200}?)\1"
)
_NAMES = """
self this true false none null undefined return import from export default const class function def
let var new async await yield lambda with while for else elif try except catch finally raise throw
switch case break continue pass assert public private protected static void int str bool float char
string number object list dict set tuple array map type interface enum struct impl trait use mod pub
fn func package main test tests expect describe assertEqual print println console log len range
name value values key keys item items index data result results path file files line lines text args
kwargs options config error errors get put add remove init call run make test todo fixme end size
count first last next prev node left right start stop open close read write old temp tmp
"""
_FOLDERS = """
src lib libs app apps pkg packages test tests spec specs docs doc main index init utils util common
core internal cmd bin scripts tools py js ts tsx jsx go rs java rb md txt json yml yaml toml cfg
ini conftest setup readme changelog license gitignore html css sh
"""
_BRANCHES = """
main master develop dev trunk feature feat fix bugfix hotfix release chore wip topic patch users
head refactor docs test update
"""
# What a search takes for a word like others, and what tells nobody why he is shown an article.
_LITTLE = """
again also always another back both each else even ever every first here instead just last less
many more most much never now off once one only other others out over own per same since some still
than there too two under until up upon very via well when while without yet
"""
_TASKS = """
add fix write set update change implement create make remove delete refactor bug issue feature need
want use using support allow improve try check work works working code new old problem please help
get put move rename replace rewrite cleanup clean task todo test tests error errors function file
"""
_NO_NAMES, _NO_FOLDERS, _NO_BRANCHES, _NO_TASKS, _SAY_LITTLE = (
    frozenset(text.split()) for text in (_NAMES, _FOLDERS, _BRANCHES, _TASKS, _LITTLE)
)
_EMPTY = STOP | _SAY_LITTLE
_PLAIN = 0.3  # of what a word of a task counts that says little
_SURELY, _SHARE, _HALF, _RARE = 3, 1 / 4, 0.5, 0.9


class Words:
    """Words with their weights: of one from several places the heaviest counts, and each more of
    them a little."""

    def __init__(self) -> None:
        self.weights: dict[str, float] = {}
        self.strong: set[str] = set()
        """Words that a person chose: a task, a request, a branch, the name of a file."""
        self.asked: set[str] = set()
        """Those of the task that tell something."""
        self._branch: set[str] = set()
        self._places: dict[str, set[int]] = {}

    def task(self, words: Sequence[str]) -> None:
        """Count the words of what is to be done; what tasks are usually called tells little."""
        plain = [word for word in words if word.lower() in _NO_TASKS]
        telling = [word for word in words if word.lower() not in _NO_TASKS]
        self.add(telling, TASK)
        self.add(plain, TASK * _PLAIN, strong=False)
        self.asked.update(_key(word) for word in telling)

    def fits(self, words: Mapping[str, float], titled: frozenset[str]) -> bool:
        """Whether a text that has `words`, some of them in its title, is about the same thing.

        Of a task it has to have a fourth of the words, two at least, or three; a single one is
        enough in the title or a tag where that is a fourth, and in the text where it is half and
        rare, or other words of the work are there, too. Without a task it needs three words, of
        which a person has chosen one, or two where he has chosen both. One that he has chosen is
        enough in the title or a tag where it is the whole name of a file or of the branch, or where
        somebody has said it and it stands at another place of the work, too.
        """
        if self.asked:
            same = [word for word in words if word in self.asked]
            share = len(same) / len(self.asked)
            if len(same) >= _SURELY or (len(same) == 2 and share >= _SHARE):
                return True
            if len(same) == 1 and same[0] in titled:
                return share >= _SHARE
            is_telling = len(words) > 1 or bool(same and words[same[0]] >= TASK * _RARE)
            return len(same) == 1 and share >= _HALF and is_telling
        chosen = [word for word in words if word in self.strong]
        if len(chosen) >= 2 or (len(chosen) == 1 and len(words) >= _SURELY):
            return True
        return self.is_surely(titled)

    def is_surely(self, titled: frozenset[str]) -> bool:
        """Whether a text with `titled` in its title or tags needs no other words."""
        return any(self._branch == {word} or self._is_sure(word) for word in titled & self.strong)

    def _is_sure(self, word: str) -> bool:
        places = self._places.get(word, set())
        return _WHOLE in places or (len(places) > 1 and bool(places & _BY_PEOPLE))

    def of_branch(self, name: str, share: float) -> None:
        """Count the words of the branch called `name`."""
        words = of_branch(name)
        self.add(words, BRANCH * share, place=_BRANCH)
        self._branch.update(map(_key, words))

    def of_path(self, path: str, share: float) -> None:
        """Count the words of a file's path."""
        self.add(of_path(path), PATH * share)
        own = of_path(path.rpartition("/")[2])
        for word in own:
            places = self._places.setdefault(_key(word), set())
            places.add(_WHOLE if len(own) == 1 else _NAME_OF_FILE)

    def of_commit(self, subject: str, share: float) -> None:
        """Count the words in the first line of a commit on this branch."""
        words = [word for word in said(subject) if word.lower() not in _NO_TASKS]
        self.add(words[:12], COMMIT * share, place=_COMMIT)

    def of_request(self, text: str, share: float) -> None:
        """Count the words of what somebody has asked for."""
        self.add(said(text), REQUEST * share, place=_REQUEST)

    def of_code(self, lines: Sequence[str], share: float) -> None:
        """Count the words of code that is being written."""
        for word, weight in of_code(lines):
            self.add([word], weight * share, strong=False, place=_CODE)

    def add(
        self, words: Iterable[str], weight: float, *, strong: bool = True, place: int | None = None
    ) -> None:
        """Count `words`."""
        for word in words:
            key = _key(word)
            if place is not None:
                self._places.setdefault(key, set()).add(place)
            before = self.weights.get(key, 0.0)
            self.weights[key] = max(before, weight) + 0.15 * min(before, weight)
            if strong:
                self.strong.add(key)


def _key(word: str) -> str:
    """How a word is counted: without capitals, unless they part it."""
    return word if not word.isascii() or any(c.isupper() for c in word[1:]) else word.lower()


def said(text: str) -> list[str]:
    """The words of what somebody said; of scripts without blanks pairs of characters."""
    found: dict[str, None] = {}
    for word in _SAID.findall(text[:20_000]):
        runs = dense_runs(word)
        if runs:
            for start, end in runs:
                run = word[start:end]
                found.update(dict.fromkeys(run[i : i + 2] for i in range(max(1, len(run) - 1))))
        elif len(word) > 2 and word.lower() not in _EMPTY and not word.isdigit():
            found[word] = None
        if len(found) >= _MOST_SAID:
            break
    return list(found)[:_MOST_SAID]


def of_branch(name: str) -> list[str]:
    """The words of a branch's name; none of what branches are usually called."""
    passed = _NO_BRANCHES | _NO_TASKS | _EMPTY
    return [one for one in _parts(name) if one not in passed and len(one) > 2]


def of_path(path: str) -> list[str]:
    """The words of the last two names of a path."""
    names = "/".join(path.split("/")[-2:])
    passed = _NO_FOLDERS | _EMPTY
    return [one for one in _parts(names) if one not in passed and len(one) > 2]


def _parts(text: str) -> list[str]:
    found: dict[str, None] = {}
    for word in re.findall(r"[^\W\d_]+\d*", text):
        humps = _HUMP.findall(word) if word.isascii() else [word]
        found.update(dict.fromkeys(one.lower() for one in humps))
    return list(found)


def of_code(lines: Sequence[str]) -> list[tuple[str, float]]:
    """Words of code with their weights: what is imported and how it fails tell more than names."""
    names: Counter[str] = Counter()
    told: dict[str, float] = {}
    for row in lines[:_MOST_LINES]:
        row = row[:_MOST_LINE]
        for found in _ERROR.finditer(row):
            for word in said(found[2])[:12]:
                told[word] = max(told.get(word, 0.0), 1.2)
        found_import = _IMPORT.search(row)
        if found_import:
            for word in _NAME.findall(found_import[1] or found_import[2] or ""):
                told[word] = max(told.get(word, 0.0), 1.1)
        names.update(one for one in _NAME.findall(row) if _tells(one))
    for name, number in names.items():
        weight = CODE * (1 + 0.3 * math.log(number)) * (1.0 if _is_compound(name) else 0.7)
        told[name] = max(told.get(name, 0.0), weight)
    told = {word: weight for word, weight in told.items() if _tells(word)}
    return sorted(told.items(), key=lambda one: (-one[1], one[0]))[:_MOST_WORDS]


def _tells(name: str) -> bool:
    plain = name.strip("_").lower()
    is_hash = len(plain) > 6 and all(c in "0123456789abcdef" for c in plain)
    return len(plain) > 3 and plain not in _NO_NAMES and plain not in _EMPTY and not is_hash


def _is_compound(name: str) -> bool:
    return "_" in name.strip("_") or any(one.isupper() for one in name[1:])
