import random
from collections import Counter
from itertools import permutations, product

import numpy as np
import pytest

from memnn.text.tokenizer import tokenize
from memnn.text.word_classes import (
    _chance_in_class,
    _chance_similarities,
    find_classes,
    find_contexts,
    find_phrases,
)

NAMES, PLACES = ("john", "mary", "sue"), ("attic", "garden", "kitchen", "office")


def counted(*sentences):
    return Counter(tokenize(sentence) for sentence in sentences)


def journeys(names=NAMES, places=PLACES):
    return [f"{name} went to the {place}" for name, place in product(names, places)]


def test_a_context_is_the_sentence_with_the_word_blanked():
    contexts = find_contexts(counted("Mary went home", "Mary went home", "Sue went"), [("mary", "sue")])
    assert contexts == {
        "mary": {"_ went home": 2},
        "went": {"#0 _ home": 2, "#0 _": 1},
        "home": {"#0 went _": 2},
        "sue": {"_ went": 1},
    }


def test_a_context_may_be_a_few_words_of_either_side_and_shows_where_a_sentence_ends():
    contexts = find_contexts(counted("Mary went home"), [("mary", "sue")], 1)
    assert contexts == {"mary": {"< _ went": 1}, "went": {"#0 _ home": 1}, "home": {"went _ >": 1}}
    assert find_contexts(counted("a b c d e"), [], 2)["c"] == {"a b _ d e": 1}
    assert find_contexts(counted("a b c d e"), [], 2)["b"] == {"< a _ c d": 1}


def test_what_chance_takes_off_similarity():
    """Against the mean over many samples of one distribution; what shares nothing stays so."""
    rng, (n, m), contexts = np.random.default_rng(0), (60, 40), 8
    found = [
        np.sqrt(rng.multinomial(n, np.full(contexts, 1 / contexts)) / n)
        @ np.sqrt(rng.multinomial(m, np.full(contexts, 1 / contexts)) / m)
        for _ in range(2000)
    ]
    thought = _chance_similarities(np.full((2, contexts), contexts**-0.5), np.array([n, m]))
    assert thought[0, 1] == pytest.approx(np.mean(found), abs=0.01)
    rare_and_common = np.eye(2).repeat([2, 100], axis=1)  # by the formula chance would take off more than all
    assert _chance_similarities(rare_and_common, np.array([2, 100]))[0, 1] == 0.5


def test_what_chance_takes_off_in_a_class_whose_contexts_are_many_and_rare():
    rng, sizes, contexts = np.random.default_rng(0), np.array([30, 60]), 500
    shares = rng.dirichlet(np.full(contexts, 0.5))
    samples = [[rng.multinomial(size, shares) / size for size in sizes] for _ in range(500)]
    thought = _chance_in_class(np.sqrt(np.stack([shares, shares])), sizes)
    assert thought[0, 1] == pytest.approx(
        np.mean([np.sqrt(one) @ np.sqrt(other) for one, other in samples]), abs=0.01
    )
    rare = np.full((2, 5000), 5000**-0.5)  # chance would leave next to nothing
    assert _chance_in_class(rare, np.array([2, 2]))[0, 1] == 0.1


def test_words_that_stand_in_the_same_places_are_a_class():
    sentences = counted(*journeys(), *(f"where is {name}" for name in NAMES))
    assert {*find_classes(sentences)} == {NAMES, PLACES}


def test_the_commonest_class_goes_first():
    assert find_classes(counted(*journeys())) in ([NAMES, PLACES], [PLACES, NAMES])
    assert find_classes(counted(*journeys(), *3 * [f"where is {name}" for name in NAMES]))[0] == NAMES
    assert find_classes(counted(*journeys(), *3 * [f"see the {place}" for place in PLACES]))[0] == PLACES


def test_classes_are_the_same_whatever_the_order_of_the_sentences():
    sentences = journeys() + [f"where is {name}" for name in NAMES]
    assert find_classes(counted(*sentences)) == find_classes(counted(*sentences[::-1]))


def test_words_that_are_said_of_other_things_are_apart():
    things = ("ball", "book", "cup")
    carried = [f"{name} took the {thing}" for name, thing in product(NAMES, things)]
    found = find_classes(counted(*journeys(), *carried))
    assert {NAMES, PLACES, things} <= {*found}


def test_what_is_known_of_some_words_makes_others_alike():
    """Hardly two of these names went to the same places, so that it takes a pass more to find them alike."""
    names, places = ([f"{kind}{n}" for n in range(6)] for kind in ("name", "place"))
    told = [f"{names[n]} went to the {places[(n + k) % 6]}" for n in range(6) for k in (0, 1, 2)]
    assert {*find_classes(counted(*told))} == {tuple(names), tuple(places)}


def test_what_is_alike_in_part_is_told_apart():
    """Animals are told of in one way more than names."""
    animals = ("cat", "mouse", "wolf")
    told = journeys((*NAMES, *animals)) + [
        f"{name} fed the {animal}" for name, animal in product(NAMES, animals)
    ]
    told += [f"a {animal} of the {place} is seen" for animal, place in product(animals, PLACES)]
    assert {NAMES, animals, PLACES} <= {*find_classes(counted(*told))}


def test_a_word_told_once_is_in_no_class():
    found = find_classes(counted(*journeys(), "greta went to the attic"))
    assert all("greta" not in group for group in found)


def test_a_word_seldom_told_joins_where_most_of_its_contexts_are():
    """Greta is alike to no name alone, as each is told of much besides."""
    told = [f"{name} {verb} the {place}" for name, verb, place in product(NAMES, ("saw", "left"), PLACES)]
    found = find_classes(counted(*journeys(), *told, *2 * ["greta left the attic"]))
    assert ("greta", *NAMES) in found


@pytest.mark.parametrize("sentences", [[], ["mary went"], ["mary went", "sue ran"], ["home", "home"]])
def test_too_little_was_said(sentences):
    assert find_classes(counted(*sentences)) == []
    assert find_phrases(counted(*sentences), {tokenize("mary went")}) == set()


THINGS = ("suitcase", "chest", "box", "box of chocolates")
FITS = [f"the {one} fits in the {other}" for one, other in product(THINGS, repeat=2)]


def phrases(sentences, *asked):
    return {" ".join(words) for words in find_phrases(counted(*sentences), {tokenize(a) for a in asked})}


def test_a_group_that_begins_with_a_word_of_the_class_stands_where_one_word_can():
    assert phrases(FITS, "does the box of chocolates fit in the chest") == {"box of chocolates"}


def test_a_group_that_no_question_and_no_answer_holds_is_none():
    assert phrases(FITS, "does the chest fit in the suitcase") == set()


def test_a_group_told_once_is_none():
    told = [f"the {one} fits in the {other}" for one, other in product(THINGS[:3], repeat=2)]
    assert phrases([*told, "the box of chocolates fits in the chest"], "the box of chocolates") == set()


def test_several_words_of_a_class_are_a_combination():
    """'Mary and John' stands where a name can."""
    pairs = [f"{one} and {other}" for one, other in product(NAMES, repeat=2) if one != other]
    told = journeys((*NAMES, *NAMES, *NAMES, *pairs))
    assert phrases(told, *(f"where are {pair}" for pair in pairs)) == set()


def test_groups_that_differ_in_one_word_are_that_word_and_another():
    """'a frog' stands where 'green' can, but 'frog' would do."""
    colours, animals = ("green", "white", "gray"), ("frog", "lion", "swan")
    told = [f"{name} is {colour}" for name, colour in product(NAMES, colours)]
    told += [f"{name} is a {animal}" for name, animal in product(NAMES, animals)]
    asked = [f"is {name} a {animal}" for name, animal in product(NAMES, animals)]
    assert phrases(told, *asked) == set()


def test_groups_that_differ_in_two_words_are_groups():
    """No word of them would do for the whole."""
    snacks = ("green tea", "black coffee")
    told = [f"{name} took the {thing}" for name, thing in product(NAMES, ("milk", "apple", *snacks))]
    assert phrases(2 * told, "who took the green tea", "who took the black coffee") == {*snacks}


def test_many_names_are_one_class_though_hardly_two_share_a_sentence():
    """Each pair stands together once at most, so that no whole sentence is alike for two names."""
    names = [f"n{number}" for number in range(30)]
    forms = ("{} is the mother of {}", "{} has a son called {}", "the wife of {} is {}")
    rng = random.Random(0)
    told = Counter(
        tuple(rng.choice(forms).format(*pair).split()) for pair in rng.sample([*permutations(names, 2)], 260)
    )
    assert tuple(sorted(names)) in find_classes(told)


def test_the_contexts_of_one_word_alone_do_not_count():
    """Nothing that is told of these names is told of another, but for what is asked."""
    names = [f"n{number}" for number in range(12)]
    told = Counter({tuple(f"{name} {verb}{name} home".split()): 1 for name in names for verb in "abcdefgh"})
    told.update({("where", "is", name): 1 for name in names for _ in "ab"})
    told.update({("who", "saw", name): 1 for name in names})
    assert tuple(sorted(names)) in find_classes(told)
