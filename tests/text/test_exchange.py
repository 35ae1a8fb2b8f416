"""What the judge of classes says, on data made for each of its rules."""

import random

import pytest

from memnn.story import Story
from memnn.text.exchange import judge
from memnn.text.symbols import Symbols
from memnn.text.tokenizer import tokenize

NAMES, PLACES = ("ann", "john", "mary"), ("garden", "kitchen", "office")
FEELINGS = {"hungry": "kitchen", "hot": "garden", "bored": "office"}
TIMES = 100


def made(tell, times=TIMES):
    """As many stories as told by `tell(rng)`: facts, question, answer."""
    rng = random.Random(0)
    return [
        Story(tuple(facts), question, (answer,))
        for facts, question, answer in (tell(rng) for _ in range(times))
    ]


def judged(stories, *classes, given=0):
    told = {word for s in stories for text in (*s.facts, s.question, *s.answer) for word in tokenize(text)}
    return judge(stories, Symbols(classes, words=frozenset(told)), given)


def where(rng, verbs=("went",)):
    """Someone asked for was told to be somewhere: the answer is copied."""
    people = rng.sample(NAMES, 2)
    there = [rng.choice(PLACES) for _ in people]
    facts = [f"{who} {rng.choice(verbs)} to the {place}" for who, place in zip(people, there)]
    asked = rng.randrange(2)
    return facts, f"where is {people[asked]}", there[asked]


def test_classes_copied_or_asked_for_are_symbols_and_may_be_exchanged():
    found = judged(made(where), NAMES, PLACES)
    assert (found.classes, found.by_name, found.reasons) == ((NAMES, PLACES), {}, {})


@pytest.mark.parametrize("given", [False, True])
def test_a_class_of_verbs_is_dropped_unless_it_was_given(given):
    verbs = ("moved", "ran", "went")
    found = judged(made(lambda rng: where(rng, verbs)), verbs, NAMES, PLACES, given=int(given))
    assert found.classes == ((verbs, NAMES, PLACES) if given else (NAMES, PLACES))
    assert found.parse("ann ran to the office").kind == ("* * to the *" if given else "* ran to the *")
    assert found.reasons == (
        {} if given else {"moved, ran, went": "words: neither asked for in turn nor needed to find an answer"}
    )


@pytest.mark.parametrize("needed", [True, False])
def test_a_class_that_leads_to_the_answer_is_kept(needed):
    """Whose key is whose door's: or the doors name the owners themselves, and the keys lead nowhere."""
    keys = ("key1", "key2", "key3")

    def tell(rng):
        people, held, places = (rng.sample(words, 3) for words in (NAMES, keys, PLACES))
        facts = [f"{who} has {key}" for who, key in zip(people, held)]
        facts += [f"{(key if needed else who)} opens the {p}" for who, key, p in zip(people, held, places)]
        asked = rng.randrange(3)
        return facts, f"where can {people[asked]} go", places[asked]

    found = judged(made(tell), NAMES, PLACES, keys)
    assert found.classes == ((NAMES, PLACES, keys) if needed else (NAMES, PLACES))


def feels(rng):
    """Where the hungry go is told nowhere; how they feel is."""
    who = rng.sample(NAMES, 2)
    felt = [rng.choice([*FEELINGS]) for _ in who]
    facts = [f"{one} is {feeling}" for one, feeling in zip(who, felt)]
    if rng.random() < 0.5:
        return facts, f"how is {who[0]}", felt[0]
    return facts, f"where will {who[0]} go", FEELINGS[felt[0]]


def test_where_answers_stand_nowhere_or_depend_on_the_word_it_is_read_by_name():
    feelings = tuple(FEELINGS)
    found = judged(made(where) + made(feels, 200), NAMES, PLACES, feelings)
    assert found.classes == (NAMES, PLACES, feelings)
    assert found.by_name == {"where will * go": (1, 2)}  # and the other questions exchange them
    assert found.reasons == {
        "garden, kitchen, office in 'where will * go'": "by name: answers that stand nowhere in the story",
        "hungry, hot, bored in 'where will * go'": "by name: the answer depends on which of them it is",
    }


def test_words_of_a_large_class_are_told_apart_by_the_answers_that_each_has():
    """Eighty people in two halves, of whom each answer suits one; each is asked for a few times."""
    people = tuple(f"p{number}" for number in range(80))
    words = [(f"he{number}", f"she{number}") for number in range(8)]

    def tell(rng):
        some = rng.sample(people, 5)
        facts = [f"{one} sees {other}" for one, other in (rng.sample(some, 2) for _ in range(5))]
        half = int(some[0][1:]) % 2
        return [f"{some[0]} walks", *facts], f"who is {some[0]}", rng.choice(words)[half]

    found = judged(made(tell, 2000), people)
    assert found.reasons.popitem()[1] == "by name: the answer depends on which of them it is"


def test_yes_and_no_that_depend_on_no_word_leave_it_a_symbol():
    def tell(rng):
        facts, question, place = where(rng)
        asked = rng.choice([place, rng.choice(PLACES)])
        return (
            facts,
            f"{question.replace('where is', 'is')} in the {asked}",
            "yes" if asked == place else "no",
        )

    found = judged(made(tell, 200), NAMES, PLACES)
    assert (found.classes, found.by_name) == ((NAMES, PLACES), {})


@pytest.mark.parametrize("by_letter", [True, False])
def test_answers_set_against_each_other_by_an_exchange(by_letter):
    """Both come; who is first is the first by the alphabet, or the first told of."""

    def tell(rng):
        people = rng.sample(NAMES, 2)
        return ["{} and {} came".format(*people)], "who is first", min(people) if by_letter else people[0]

    found = judged(made(tell), NAMES)
    assert found.by_name == ({"who is first": (0,)} if by_letter else {})
    assert [*found.reasons.values()] == [
        "by name: exchanging them sets answers against each other"
    ] * by_letter


@pytest.mark.parametrize(("words", "kept"), [(("above", "below"), False), (("above", "below", "near"), True)])
def test_a_pair_that_is_asked_for_is_taken_for_opposites(words, kept):
    def tell(rng):
        people, how = rng.sample(NAMES, 2), rng.choice(words)
        return [f"{people[0]} is {how} {people[1]}"], f"who is {how} {people[1]}", people[0]

    found = judged(made(tell), NAMES, words)
    assert found.classes == ((NAMES, words) if kept else (NAMES,))
    assert kept or found.reasons == {"above, below": "words: a pair is taken for opposites"}


def test_a_pair_that_is_copied_is_one_of_symbols():
    def tell(rng):
        place = rng.choice(("hall", "attic"))
        return [f"ann went to the {place}"], "where is ann", place

    assert judged(made(tell), ("attic", "hall")).classes == (("attic", "hall"),)


def test_what_is_dropped_is_a_word_again_and_its_forms_too():
    stories = made(where)
    told = {word for s in stories for text in (*s.facts, s.question) for word in tokenize(text)}
    verbs = Symbols((("go", "run", "walk"), NAMES, PLACES), forms={"went": "go"}, words=frozenset(told))
    found = judge(stories, verbs, 0)
    assert found.forms == {}
    assert found.parse("ann went to the garden").kind == "* went to the *"
    assert {"go", "run", "walk", "went"} <= found.words


def test_nothing_to_judge():
    assert judged([], NAMES).classes == ()
    assert judged([], NAMES, given=1).classes == (NAMES,)
    assert judged([Story((), "who?")]).by_name == {}


def test_words_that_stories_and_answers_hold_by_chance_are_no_symbols():
    """What two turns make together is as often told of a third as not."""
    turns = ("left", "right", "back", "ahead")

    def tell(rng):
        people, taken = rng.sample(NAMES, 3), [rng.randrange(4) for _ in range(6)]
        facts = [f"{people[n % 3]} turns {turns[turn]}" for n, turn in enumerate(taken)]
        return facts, f"how does {people[0]} stand", turns[(taken[0] + taken[3]) % 4]

    assert judged(made(tell, 300), NAMES, turns).classes == (NAMES,)
