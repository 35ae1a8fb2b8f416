from dataclasses import replace

import jaxtyping
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.story import Story
from memnn.text.find_symbols import find_symbols
from memnn.text.symbols import UNHEARD
from memnn.text.tokenizer import fold
from memnn.worlds import (
    Knobs,
    Spread,
    belongings,
    kinds,
    motivations,
    positions,
    simulate,
    sizes,
    stage,
    telling,
)
from memnn.worlds.families import NAMES as FAMILIES
from memnn.worlds.relatives import MEN, WOMEN

ACTORS, PLACES, THINGS = telling.ACTORS, telling.PLACES, telling.THINGS
MET = {  # what may be exchanged in each world
    "1": (ACTORS, PLACES),
    "2": (ACTORS, PLACES, THINGS),
    "4": (PLACES,),
    "5": (belongings.GIVERS, THINGS),
    "15": (kinds.FEARFUL, kinds.PREY),
    "16": (kinds.COLOURED, kinds.BEASTS, kinds.COLOURS),
    "17": (positions.SHAPES,),
    "19": (PLACES,),
    "20": (motivations.ACTORS, THINGS),
}
DIRECTIONS = {"north", "south", "east", "west"}
NO_SYMBOLS = {
    *(verb.split()[0] for verbs in (telling.MOVE_VERBS, stage.GET_VERBS, stage.PUT_VERBS) for verb in verbs),
    *stage.GIVE_VERBS,
    *("above", "below", "left", "right", "yes", "no", "the", "is", "of", "he", "she", "they", "where"),
}


def together(symbols, words):
    """Whether the words are all of one class."""
    return len({symbols.class_of(fold(word)) for word in words} - {None}) == 1 and all(
        symbols.class_of(fold(word)) is not None for word in words
    )


def symbol_words(symbols):
    return {word for words in symbols.classes for word in words} | {*symbols.forms}


@pytest.fixture(scope="module", autouse=True)
def unchecked():
    """Without a look at the types of each of millions of calls, which takes three times as long."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("task", MET)
def test_the_symbols_of_a_world(task, seed):
    symbols = find_symbols(list(simulate(task, 400, seed)))
    named = {number for numbers in symbols.by_name.values() for number in numbers}
    for words in MET[task]:
        assert together(symbols, words), words
        # Of 50 stories of task 17, with 8 questions each, answers may go with shapes by chance.
        assert task == "17" or symbols.class_of(fold(words[0])) not in named
    assert not NO_SYMBOLS & symbol_words(symbols)
    assert task == "4" or not DIRECTIONS & symbol_words(symbols)  # in task 4 an exchange does keep them true


@pytest.fixture(scope="module")
def of_all(unchecked):
    return find_symbols([story for task in range(1, 21) for story in simulate(str(task), 400, 0)])


def test_the_symbols_of_all_worlds_together(of_all):
    for words in {words for met in MET.values() for words in met}:
        assert together(of_all, words), words
    assert together(of_all, sizes.BOXES) and together(of_all, motivations.NEEDS)
    assert not NO_SYMBOLS & symbol_words(of_all)


def test_what_answers_depend_on_is_read_by_name(of_all):
    """Directions are symbols for the sake of task 4, but a way is told by what they mean."""
    named = {kind: {of_all.classes[n][0] for n in numbers} for kind, numbers in of_all.by_name.items()}
    assert named["how do you go from the * to the *"] == {"east"}
    assert named["where will * go"] == {"bathroom", "bored"}
    assert {name for names in named.values() for name in names} <= {"east", "bathroom", "bored", "box"}


@pytest.mark.parametrize(
    "world, count, classes",
    [
        ("17", 100, (positions.SHAPES,)),
        ("parcels", 60, (("barge", "lorry", "tram", "van"),)),
        ("families", 200, (FAMILIES,)),
        ("kitchen", 60, (("soup", "porridge", "stew", "pie"), ("omar", "pia", "tomasz", "yuki"))),
        ("relatives", 300, ((*WOMEN, *MEN),)),
    ],
)
def test_few_stories_are_enough(world, count, classes):
    """Hardly a sentence is said twice: words are alike by those beside them."""
    symbols = find_symbols(list(simulate(world, count, 3)))
    for words in classes:
        assert together(symbols, words), words


def test_nearly_all_names_are_found_in_a_hundred_stories_that_say_no_sentence_twice():
    symbols = find_symbols(list(simulate("relatives", 100, 3)))
    names = {fold(name) for name in (*WOMEN, *MEN)}
    assert max(len(names.intersection(words)) for words in symbols.classes) > 70


def test_words_of_kinship_are_words_though_some_answers_stand_in_the_story():
    """Every third question is of two people whom one fact joins."""
    spread = Spread(range(1, 4), range(3, 11), Knobs(actors=FAMILIES))
    symbols = find_symbols(list(simulate("families", 1000, 0, spread)))
    assert symbols.classes == (tuple(sorted(map(fold, FAMILIES))),)


def test_few_stories_tell_what_is_read_by_name():
    """24 questions of where someone will go."""
    symbols = find_symbols(list(simulate("20", 60, 0)))
    moods = {symbols.class_of(mood) for mood in ("hungry", "thirsty", "tired", "bored")}
    assert moods <= {*symbols.by_name["where will * go"]}


def test_where_symbols_have_a_capital_letter_no_other_word_is_one():
    symbols = find_symbols(list(simulate("relatives", 300, 0)))
    parsed = symbols.parse("Zorba knitted sweaters for her uncle Old Bob Zed's twins.")
    assert parsed.fillers == ("zorba", "old bob zed")  # names never seen
    assert parsed.frame[1:3] == (UNHEARD, UNHEARD) and parsed.frame[-1] == UNHEARD
    assert not find_symbols(list(simulate("1", 100, 0))).capital
    known = replace(symbols, kinds=frozenset({"* has a son named *"}))
    assert known.parse("zorba has a son named old bob").fillers == ("zorba", "old bob")
    assert known.parse("zorba has a son named knitted zed").fillers == ("zorba", "knitted zed")
    assert known.parse("zorba had a son named zed").fillers == ()


def test_other_forms_of_a_word_are_linked():
    symbols = find_symbols(list(simulate("15", 400, 0)))
    assert symbols.forms == {"mice": "mouse", "wolves": "wolf", "cats": "cat"}
    assert symbols.inflected == {("* are afraid of *", 0), ("* are afraid of *", 1)}
    assert symbols.parse("Mice are afraid of finches.").fillers == ("mouse", "finch")
    assert symbols.parse("Emily is a finches").fillers == ("emily", "finches")


def test_given_classes_are_kept_as_given_and_no_word_is_in_two():
    verbs, names = ("Went", "journeyed"), ("Mary", "Old Bob")
    symbols = find_symbols(list(simulate("1", 200, 0)), [verbs, names])
    assert symbols.classes[:2] == (("went", "journeyed"), ("mary", "old bob"))
    assert ("daniel", "john", "sandra") in symbols.classes
    assert len(symbol_words(symbols)) == sum(map(len, symbols.classes))
    assert symbols.parse("Old Bob went to the kitchen.").fillers == ("old bob", "went", "kitchen")


def test_answers_of_several_words_are_symbols():
    colours = ("navy blue", "green", "red")
    stories = [
        Story((f"{name} likes {colour}",), f"what does {name} like", (colour.title(),))
        for name in ("mary", "john", "sue")
        for colour in colours
        for _ in range(4)
    ]
    assert together(find_symbols(stories), colours)


def test_facts_that_questions_share_count_once():
    """A name told of once is no symbol, however many questions its story has."""
    told = tuple(f"{name} went to the {place}" for name in ("mary", "john") for place in ("hall", "attic"))
    stories = [Story(told * n, "where is mary", ("attic",)) for n in (1, 2, 3)]
    once = [Story((*told, "greta went to the attic"), "where is mary", ("attic",), id="a")] * 5
    assert not find_symbols([*stories, *once]).is_known("greta")
    apart = [*stories, once[0], *stories, once[1]]
    assert find_symbols(apart).is_known("greta")


@pytest.mark.parametrize("stories", [[], [Story((), "who?")], [Story(("?",), "!", ("...",))] * 3])
def test_too_little_was_told(stories):
    assert find_symbols(stories).classes == ()


some_words = st.sampled_from(["mary", "john", "went", "got", "the", "kitchen", "mice", "mouse", "yes"])
sentences = st.lists(some_words, max_size=5)
told = st.builds(
    Story,
    st.lists(sentences.map(" ".join), max_size=4).map(tuple),
    sentences.map(" ".join),
    st.lists(sentences.map(" ".join), max_size=2).map(tuple),
)


@settings(max_examples=60)
@given(st.lists(told, max_size=12))
def test_any_stories_have_some_symbols(stories):
    symbols = find_symbols(stories)
    assert all(0 <= number < len(symbols.classes) for some in symbols.by_name.values() for number in some)
    assert set(symbols.forms.values()) <= {word for words in symbols.classes for word in words}
    for story in stories:
        symbols.parse(story.question)
