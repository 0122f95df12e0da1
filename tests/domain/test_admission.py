"""Who shall be able to read an encrypted session, whoever says what in it."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from domain.crew import Person, Team
from domain.made import ENTITY
from git_naturecode.domain import admission, rosters
from git_naturecode.domain.epochs import Epoch
from git_naturecode.store import format
from git_naturecode.store.judged import UNSIGNED, Mark
from git_naturecode.store.opened import Opened
from git_naturecode.store.store import TEAM, Placed

ADA, BEN, CY, DAN, EVE = (Person(name) for name in ("ada", "ben", "cy", "dan", "eve"))
MAX = Person("max")
EVERYBODY = [ADA, BEN, CY, DAN, EVE, MAX]
CREW = Team(EVERYBODY, inviting={MAX.who})  # Max is a maintainer
KEY = os.urandom(32)


def says(number: int, by: Person, kind: str, who: Person | None = None, **more: Any) -> Placed:
    """A word in the clear, the `number`th one."""
    header: dict[str, Any] = {
        "id": f"20261120T10{number:02}00123-0000-{by.device}", "kind": kind, "by": by.who,
        "at": f"2026-11-20T10:{number:02}:00.123Z/0000", "salt": "c2FsdA",
    }  # fmt: skip
    header |= {"who": who.who} if who else {}
    return Placed(format.make({**header, **more}, None), ENTITY, by.device, TEAM)


def inside(number: int, by: Person, kind: str, who: Person | None = None, **more: Any) -> Placed:
    """A word that was encrypted, and is open."""
    plain = says(number, by, kind, who, **more)
    clear = {k: v for k, v in plain.entry.header.items() if k in ("id", "at", "by", "kind")}
    sealed = format.make({**clear, "device": by.device, "epoch": "ab" * 32}, "....", fenced=True)
    return plain._replace(entry=Opened(sealed, {**plain.entry.header, **more}, None))


def shut(number: int, by: Person, kind: str) -> Placed:
    """A word that cannot be read here."""
    word = inside(number, by, kind)
    return word._replace(entry=word.entry.as_written)


def given(number: int, by: Person, team: str, **more: Any) -> Placed:
    """The session is for a team."""
    return says(number, by, "set", field="team", value=team, **more)


def names(found: set[str]) -> str:
    return " ".join(sorted(one.partition("@")[0] for one in found))


def admitted(
    *words: Placed, made: Sequence[Placed] = (), epochs: Sequence[Epoch] = (), team: Team = CREW
) -> str:
    """Who may read Ada's session, by their names."""
    good: Mapping[str, Epoch] = {one.digest: one for one in epochs}
    owners = rosters.owners(words) or [ADA.who.upper()]
    return names(admission.admitted(words, made, owners, good, team))


def test_the_owner_is_in_and_whom_he_or_a_maintainer_lets_in() -> None:
    assert admitted() == "ada"
    assert admitted(inside(1, ADA, "invite", BEN), inside(2, MAX, "invite", CY)) == "ada ben cy"
    assert admitted(inside(1, MAX, "join", BEN)) == "ada ben"


def test_who_was_let_in_lets_in_others() -> None:
    words = inside(1, ADA, "invite", BEN), inside(2, BEN, "invite", CY), inside(3, CY, "join", DAN)
    assert admitted(*words) == "ada ben cy dan"
    assert admitted(*words[1:]) == "ada"


def test_nobody_lets_himself_in() -> None:
    words = [inside(1, EVE, "join"), inside(2, EVE, "invite", EVE), inside(3, EVE, "invite", DAN)]
    assert admitted(*words) == "ada"
    assert admitted(inside(1, MAX, "invite", MAX)) == "ada max"  # he may invite to any session


def test_what_stands_in_the_clear_lets_nobody_in() -> None:
    """Unless it is about to be encrypted, or an epoch by who may says that it was so before."""
    word = says(1, ADA, "invite", BEN)
    other = says(2, BEN, "invite", CY)
    assert admitted(word) == "ada"
    assert admitted(made=[word, other]) == "ada ben cy"
    assert admitted(inside(1, ADA, "invite", BEN), other) == "ada ben"
    first = ADA.epoch([ADA, BEN], KEY)
    sent = says(3, ADA, "leave", BEN)
    again = says(4, ADA, "invite", BEN)
    assert admitted(word, sent, epochs=[first]) == "ada"
    assert admitted(word, sent, again, epochs=[first]) == "ada ben"
    assert admitted(says(4, ADA, "invite", CY), epochs=[first]) == "ada ben"


def test_what_cannot_be_read_says_nothing() -> None:
    assert admitted(inside(1, ADA, "invite", BEN), shut(2, BEN, "leave")) == "ada ben"
    assert admitted(shut(1, ADA, "invite")) == "ada"
    assert admitted(shut(1, MAX, "join")) == "ada"


def test_other_words_are_about_nobody() -> None:
    words = [inside(1, ADA, "invite", BEN), inside(2, ADA, "comment", CY)]
    assert admitted(*words, inside(3, BEN, "unlink", BEN)) == "ada ben"


def test_who_goes_is_out_until_somebody_who_may_lets_him_in() -> None:
    words = [inside(1, ADA, "invite", BEN), inside(2, BEN, "leave")]
    assert admitted(*words) == "ada"
    assert admitted(*words, inside(3, BEN, "join")) == "ada"
    assert admitted(*words, inside(3, ADA, "invite", CY), inside(4, CY, "invite", BEN)) == "ada cy"
    assert admitted(*words, inside(3, MAX, "invite", BEN)) == "ada ben"


def test_whom_the_owner_or_a_maintainer_sends_away_is_out() -> None:
    words = [inside(1, ADA, "invite", BEN), inside(2, ADA, "invite", CY)]
    assert admitted(*words, inside(3, MAX, "leave", BEN)) == "ada cy"
    assert admitted(*words, inside(3, ADA, "leave", BEN), inside(4, CY, "invite", BEN)) == "ada cy"
    assert admitted(*words, inside(3, BEN, "leave", ADA)) == "ada ben cy"  # never the owner
    assert admitted(*words, inside(3, ADA, "leave")) == "ada ben cy"


def test_whom_he_has_let_in_somebody_may_send_away_and_no_stranger() -> None:
    words = [inside(1, ADA, "invite", BEN), inside(2, BEN, "invite", CY)]
    assert admitted(*words, inside(3, BEN, "leave", CY)) == "ada ben"
    assert admitted(*words, inside(3, EVE, "leave", CY)) == "ada ben cy"
    assert admitted(*words, inside(3, ADA, "invite", DAN), inside(4, BEN, "leave", DAN)) == (
        "ada ben cy"
    )


def test_whom_the_owner_has_asked_back_stays() -> None:
    """Also when an epoch for him was begun then: what was said before is over."""
    words = [inside(1, ADA, "invite", BEN), inside(2, ADA, "invite", CY)]
    first = ADA.epoch([ADA, BEN, CY], KEY)
    words.append(inside(3, BEN, "leave", CY))
    assert admitted(*words, epochs=[first]) == "ada ben"
    second = ADA.epoch([ADA, BEN], KEY, number=2, prev=[first.digest])
    words.append(inside(4, ADA, "invite", CY))
    assert admitted(*words, epochs=[first, second]) == "ada ben cy"
    third = ADA.epoch([ADA, BEN, CY], KEY, number=3, prev=[second.digest])
    assert admitted(*words, epochs=[first, second, third]) == "ada ben cy"


def test_the_newest_epoch_of_who_may_says_who_is_there() -> None:
    first = ADA.epoch([ADA, BEN, CY], KEY, waiting=[DAN.who.upper()])
    assert admitted(epochs=[first]) == "ada ben cy dan"
    second = MAX.epoch([ADA, BEN], KEY, number=2, prev=[first.digest])
    assert admitted(epochs=[first, second]) == "ada ben"
    third = BEN.epoch([ADA, BEN, EVE], KEY, number=3, prev=[second.digest])
    assert admitted(epochs=[first, second, third]) == "ada ben"
    fourth = ADA.epoch([ADA, CY], KEY, number=4, prev=[third.digest])
    assert admitted(epochs=[first, second, third, fourth]) == "ada cy"
    gap = ADA.epoch([ADA, DAN], KEY, number=5, prev=[second.digest, "cd" * 32])
    assert admitted(epochs=[first, gap]) == "ada ben cy dan"  # what lies between is not here
    twins = [
        one.epoch([ADA, who], KEY, number=2, prev=[first.digest])
        for one, who in ((ADA, BEN), (MAX, CY))
    ]
    assert admitted(epochs=[first, *twins]) == "ada ben cy"
    assert admitted(inside(1, ADA, "leave", BEN), epochs=[first]) == "ada cy dan"


def test_a_word_is_of_who_has_signed_it() -> None:
    """The device that has written it everybody may put in, and copy what was said elsewhere."""
    word = inside(1, ADA, "invite", BEN)
    for one in (ADA, MAX):
        posing: dict[str, Any] = {"device": one.device}
        assert admitted(inside(1, EVE, "join", **posing)) == "ada"
        assert admitted(word, inside(2, EVE, "leave", BEN, **posing)) == "ada ben"
    for state in ("copied", "vouched", "unverified", "inherited"):
        assert admitted(word._replace(mark=Mark(state))) == "ada", state
    for state in (UNSIGNED, "adopted"):
        assert admitted(word._replace(mark=Mark(state))) == "ada ben", state
    stranger = Person("max")  # who calls himself as a maintainer, and is no member
    assert admitted(inside(1, stranger, "invite", EVE)) == "ada"


TEAMS = Team(
    EVERYBODY, inviting={MAX.who}, teams={"crew": [BEN, CY, MAX], "core": [BEN]},
    former={"core": [DAN]},
)  # fmt: skip


def test_a_session_for_a_team_is_for_all_who_belong_to_it() -> None:
    assert admitted(given(1, ADA, "crew"), team=TEAMS) == "ada ben cy max"
    assert admitted(given(1, MAX, "core"), team=TEAMS) == "ada ben"
    words = [inside(1, ADA, "invite", EVE), given(2, EVE, "core")]
    assert admitted(*words, team=TEAMS) == "ada ben eve"
    assert admitted(made=[given(1, ADA, "core")], team=TEAMS) == "ada ben"
    assert admitted(given(1, ADA, "xyz"), team=TEAMS) == "ada"


def test_no_stranger_says_that_it_is_for_his_team() -> None:
    words = [given(1, CY, "crew"), given(2, CY, "crew", device=ADA.device)]
    assert admitted(*words, team=TEAMS) == "ada"
    assert admitted(given(1, ADA, "core"), given(2, CY, "crew"), team=TEAMS) == "ada ben"


def test_a_team_that_it_was_for_does_not_call_itself_back() -> None:
    """Though somebody who may has said so once."""
    words = [given(1, ADA, "crew"), given(2, ADA, "core"), given(3, CY, "crew")]
    assert admitted(*words, team=TEAMS) == "ada ben"
    title = says(3, ADA, "set", field="title", value="crew")
    other = says(4, ADA, "comment", field="team", value="crew")
    assert admitted(*words[1:2], title, other, team=TEAMS) == "ada ben"


def test_who_was_in_with_his_team_goes_with_it() -> None:
    """Whatever an epoch says that was begun when he was there."""
    first = ADA.epoch([ADA, BEN, CY, DAN, EVE], KEY)
    words = [inside(1, ADA, "set", field="team", value="crew"), given(2, ADA, "core")]
    assert admitted(*words, epochs=[first], team=TEAMS) == "ada ben eve"
    by_name = inside(3, MAX, "invite", CY), inside(3, BEN, "invite", DAN)
    assert admitted(*words, *by_name, epochs=[first], team=TEAMS) == "ada ben cy dan eve"
    stranger = inside(3, Person("fay"), "invite", CY)
    assert admitted(*words, stranger, epochs=[first], team=TEAMS) == "ada ben eve"
    other = inside(3, ADA, "set", field="title", value="crew"), inside(4, ADA, "comment", CY)
    about = inside(5, ADA, "comment", field="team", value="crew")
    assert admitted(words[1], *other, about, epochs=[first], team=TEAMS) == "ada ben cy eve"
    assert admitted(*words, inside(3, CY, "join"), epochs=[first], team=TEAMS) == "ada ben eve"
    owners = Team(EVERYBODY, teams={"crew": [ADA, CY]})
    assert admitted(given(1, ADA, "crew"), given(2, ADA, ""), team=owners) == "ada"


def test_who_cannot_read_who_was_asked_by_name_believes_the_epoch() -> None:
    first = ADA.epoch([ADA, BEN, CY, DAN], KEY)
    words = [given(1, ADA, "crew"), given(2, ADA, "core")]
    assert admitted(*words, epochs=[first], team=TEAMS) == "ada ben"
    assert admitted(shut(0, ADA, "invite"), *words, epochs=[first], team=TEAMS) == "ada ben cy dan"
    for word in (shut(3, CY, "invite"), shut(3, ADA, "join"), inside(3, ADA, "invite", BEN)):
        assert admitted(word, *words, epochs=[first], team=TEAMS) == "ada ben"


def test_before_it_is_encrypted_those_who_take_part_say_whom_it_is_for() -> None:
    def audience(*placed: Placed, here: Sequence[Person] = ()) -> str:
        people = {one.who.upper() for one in here}
        return names(admission.audience(placed, ADA.who, people, TEAMS))

    assert audience(given(1, ADA, "core")) == audience(given(1, MAX, "core")) == "ben"
    assert audience(given(1, EVE, "core"), here=[EVE]) == "ben"
    assert audience(given(1, EVE, "core")) == audience() == ""


def test_where_two_say_that_they_opened_it_neither_lets_anybody_in() -> None:
    """He may hide that he had seen it open, and put any stamp on it."""
    first = says(5, ADA, "open")
    again = says(1, EVE, "open")
    asked = inside(6, ADA, "invite", BEN)
    epoch = ADA.epoch([ADA, BEN], KEY)
    assert admitted(first, asked) == "ada ben"
    assert admitted(first, again, asked, inside(7, EVE, "invite", CY), epochs=[epoch]) == ""
    for state in ("copied", "unverified"):
        assert admitted(first, again._replace(mark=Mark(state)), asked) == "ada ben"
        assert admitted(first._replace(mark=Mark(state)), asked) == "ada ben"
        assert rosters.owners([first._replace(mark=Mark(state))]) == {ADA.who}  # nobody else did
    assert admitted(first._replace(mark=Mark("inherited")), again) == ""
    inviting = Team(EVERYBODY, inviting={ADA.who})  # whom she lets in is in whoever opened it
    words = first, again, asked, inside(7, EVE, "invite", CY)
    assert admitted(*words, epochs=[epoch], team=inviting) == "ada ben"
    assert admission.admitted([], [], [], {}, CREW) == set()
