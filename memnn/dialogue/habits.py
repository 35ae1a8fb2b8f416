"""What training's users said where, and what they got: for turns that training never had, or never there.

A network is sure of itself also where it was never: a bare 'no' behind an offer that training's users refuse
as 'no this does not work for me' may be answered as if it were 'great', and so may a third refusal where
training has two at most. The words tell: where every turn with the word 'no' behind an offer got one kind of
reply, so should this one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from memnn.conversation import SILENCE, Dialogue, Turn, heard
from memnn.text.tokenizer import tokenize

OFTEN = 5  # what was said so often is no accident


def describe_habits(dialogues: Iterable[Dialogue], vocabulary: Any) -> dict[str, Any]:
    """What `config.json` says of the turns of training's users.

    plain           by the kind of reply before ("" where the bot said nothing yet): turns that name nothing
    telling         by the kind of reply before: words and plain turns that one kind of reply always
                    followed, and which
    telling_anywhere    the same wherever they are said
    before_values   the words that users say right before something they name
    after_values    and right behind it
    """
    plain: dict[str, dict[str, None]] = defaultdict(dict)
    got: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    got_anywhere: dict[str, Counter[str]] = defaultdict(Counter)
    before_values: Counter[str] = Counter()
    after_values: Counter[str] = Counter()
    for dialogue in dialogues:
        before = ""
        turns = [event for event in dialogue.events if isinstance(event, Turn)]
        for turn, reply in pairwise([Turn("bot", ""), *turns]):
            if turn.speaker == "bot" and turn.text:
                before = vocabulary.reply_kind(turn.text)
            if turn.speaker != "user" or turn.text == SILENCE or reply.speaker != "bot":
                continue
            units = units_of(turn.text, vocabulary)
            named = [vocabulary.is_entity(unit) for unit in units]
            kind = vocabulary.reply_kind(reply.text)
            tells = {unit for unit, is_value in zip(units, named) if not is_value}
            if not any(named):
                plain[before][" ".join(units)] = None
                tells.add(" ".join(units))
            for words in tells:
                got[before][words][kind] += 1
                got_anywhere[words][kind] += 1
            for (one, first), (other, second) in pairwise(zip(units, named)):
                before_values[one] += second and not first
                after_values[other] += first and not second
    return {
        "plain": {kind: sorted(turns) for kind, turns in plain.items()},
        "telling": {kind: told for kind, words in got.items() if (told := _telling(words))},
        "telling_anywhere": _telling(got_anywhere),
        "before_values": sorted(word for word, count in before_values.items() if count >= OFTEN),
        "after_values": sorted(word for word, count in after_values.items() if count >= OFTEN),
    }


def _telling(words: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Of words that were often followed by one kind of reply and by no other, that kind."""
    return {
        word: next(iter(kinds))
        for word, kinds in sorted(words.items())
        if len(kinds) == 1 and kinds.total() >= OFTEN
    }


def units_of(text: str, vocabulary: Any) -> list[str]:
    """The words of a turn, groups that stand for one joined."""
    units: list[str] = vocabulary.units(tokenize(heard(text)))
    return units


def expected_kind(habits: Mapping[str, Any], before: str, text: str, vocabulary: Any) -> str | None:
    """The kind of reply that the words of a turn speak for, behind a reply of the kind `before`.

    What the whole turn tells there goes first. What a word tells there goes before what it tells anywhere;
    where words contradict each other, the whole turn may tell elsewhere. None where the network is to judge:
    of a turn that names something, of one that got several kinds of reply there, and where nothing tells.
    """
    units = units_of(text, vocabulary)
    turn = " ".join(units)
    there: Mapping[str, str] = habits["telling"].get(before, {})
    anywhere: Mapping[str, str] = habits["telling_anywhere"]
    if any(map(vocabulary.is_entity, units)):
        return None
    if turn in there or turn in habits["plain"].get(before, ()):
        return there.get(turn)
    telling = {**anywhere, **there}
    kinds = {telling[unit] for unit in units if unit in telling}
    return kinds.pop() if len(kinds) == 1 else anywhere.get(turn)


def stand_for_values(habits: Mapping[str, Any], units: Sequence[str], unknown: Iterable[str]) -> bool:
    """Whether each of these unknown words stands where training's users name something: 'in X', 'X food'."""
    before, after = habits["before_values"], habits["after_values"]
    framed = list(zip(["", *units], units, [*units[1:], ""]))
    named = {unit for one, unit, other in framed if one in before or other in after}
    return named.issuperset(unknown)
