import random
import re
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.worlds.adventure import KINDS, ROOMS, VERBS, adventure

VERB_OF = {phrase: verb for verb, phrases in VERBS.items() for phrase in phrases}
FACT = re.compile(rf"(\w+) ({'|'.join(VERB_OF)}) the (\w+)\.")


def parse(fact):
    actor, phrase, what = FACT.fullmatch(fact).groups()
    return actor, VERB_OF[phrase], what


def solve(story):
    """Read the text alone: follow everyone, then answer; the facts the answer rests on too."""
    visits, holder, lying = {}, {}, {}
    for number, fact in enumerate(story.facts):
        actor, verb, what = parse(fact)
        if verb == "go":
            visits.setdefault(actor, []).append((what, number))
        elif verb == "get":
            holder[what] = (actor, number)
        else:
            del holder[what]
            lying[what] = (*visits[actor][-1], number)
    words = story.question.rstrip("?").split()
    if words[1] == "was":
        rooms = visits[words[2]]
        last = max(i for i, (room, _) in enumerate(rooms) if room == words[-1])
        return rooms[last - 1][0], (rooms[last][1], rooms[last - 1][1])
    if words[2] != "the":
        room, number = visits[words[2]][-1]
        return room, (number,)
    if words[3] in holder:
        actor, number = holder[words[3]]
        room, moved = visits[actor][-1]
        return room, (number, moved)
    room, moved, number = lying[words[3]]
    return room, (number, moved)


worlds = given(
    seed=st.integers(0, 10**6),
    difficulty=st.integers(1, 7),
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
)


@settings(max_examples=40)
@worlds
def test_a_reader_of_the_text_finds_answers_and_supporting_facts(seed, difficulty, kinds):
    for story in adventure(random.Random(seed), 20, difficulty, kinds):
        room, supporting = solve(story)
        assert (story.answer, story.supporting) == ((room,), supporting)


@settings(max_examples=40)
@worlds
def test_deeds_are_possible(seed, difficulty, kinds):
    story = adventure(random.Random(seed), 20, difficulty, kinds)[-1]
    place, holder, lies = {}, {}, {}
    for fact in story.facts:
        actor, verb, what = parse(fact)
        if verb == "go":
            assert place.get(actor) != what
            place[actor] = what
        elif verb == "get":
            assert what not in holder
            assert lies.get(what, place[actor]) == place[actor]
            holder[what] = actor
        else:
            assert holder.pop(what) == actor
            lies[what] = place[actor]


@settings(max_examples=40)
@worlds
def test_the_one_asked_about_was_mentioned_within_the_limit(seed, difficulty, kinds):
    for story in adventure(random.Random(seed), 20, difficulty, kinds):
        who = story.question.rstrip("?").removeprefix("Where was ").removeprefix("Where is ").split(" before")
        who = who[0].removeprefix("the ")
        assert any(who in fact.rstrip(".").split() for fact in story.facts[-difficulty:])


def test_every_kind_verb_and_room_turns_up_and_only_the_kinds_asked_for():
    def asked(story):
        return "before" if " was " in story.question else "object" if " the " in story.question else "actor"

    for kinds in [*((kind,) for kind in KINDS), KINDS]:
        stories = adventure(random.Random(1), 400, 5, kinds)
        assert {asked(story) for story in stories} == set(kinds)
        text = " ".join(fact for story in stories for fact in story.facts)
        assert all(f" {phrase} " in text for phrase in VERB_OF)
        assert {story.answer[0] for story in stories} == set(ROOMS)


def test_the_limit_of_five_goes_further_back_than_that_of_one():
    def back(difficulty):
        stories = adventure(random.Random(2), 500, difficulty, ("actor",))
        return max(len(story.facts) - story.supporting[0] for story in stories)

    assert (back(1), back(5)) == (1, 5)


def test_questions_of_one_story_grow_and_share_an_id():
    stories = adventure(random.Random(3), 23, questions_per_story=4, facts_per_question=3)
    assert len(stories) == 23
    told = [list(group) for _, group in groupby(stories, key=lambda story: story.id)]
    assert [len(group) for group in told] == [4, 4, 4, 4, 4, 3]
    for group in told:
        for older, newer in pairwise(group):
            assert newer.facts[: len(older.facts)] == older.facts
            assert len(newer.facts) - len(older.facts) in range(3, 300, 3)


def test_seed_and_own_words():
    own = {"names": ("Ada",), "objects": ("key",), "rooms": ("cellar", "attic")}
    stories = adventure(random.Random(4), 30, 5, KINDS, **own)
    assert stories == adventure(random.Random(4), 30, 5, KINDS, **own)
    assert stories != adventure(random.Random(5), 30, 5, KINDS, **own)
    for story in stories:
        assert {parse(fact)[2] for fact in story.facts} <= {"key", "cellar", "attic"}


def test_answers_as_sentences():
    plain = adventure(random.Random(6), 200, 5, KINDS)
    spoken = adventure(random.Random(6), 200, 5, KINDS, sentence_answers=True)
    for word, sentence in zip(plain, spoken):
        assert (sentence.facts, sentence.question) == (word.facts, word.question)
        (asked,) = re.findall(r"Where (?:is|was) ((?:the )?\w+)", word.question)
        verb = "was" if " was " in word.question else "is"
        asked = asked[0].upper() + asked[1:]
        assert sentence.answer == (f"{asked} {verb} in the {word.answer[0]}",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"difficulty": 0},
        {"kinds": ()},
        {"kinds": ("whatever",)},
        {"names": ()},
        {"rooms": ("hall",)},
        {"kinds": ("object",), "objects": ()},
        {"questions_per_story": 0},
        {"facts_per_question": 0},
    ],
)
def test_a_world_with_nothing_to_ask_is_refused(wrong):
    with pytest.raises(ValueError):
        adventure(random.Random(0), 1, **wrong)
