"""Copied answers that hang on which word it is: on data made so that they do, and so that they seem to."""

from collections import Counter

import pytest
from text.he_and_she import MEN, PEOPLE, PLACES, THINGS, told, where_they_went, who_took_it

from memnn.text.association import Seen, between_signs, is_no_chance, of_all_roles
from memnn.text.exchange import judge
from memnn.text.symbols import Symbols
from memnn.text.tokenizer import tokenize

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
APART = "some facts tell of some of them alone"
BEFORE = "of any two of them the answer goes with the same one"


def reasons(tell, *classes):
    """Why words are read by name, of stories as told by `tell(rng)`: facts, question, answer."""
    stories = told(tell, 300)
    words = {word for s in stories for text in (*s.facts, s.question, *s.answer) for word in tokenize(text)}
    symbols = judge(stories, Symbols(classes, words=frozenset(words)), 0)
    by_name = {why.removeprefix("by name: ") for why in symbols.reasons.values() if "by name" in why}
    return by_name | {key for key, why in symbols.reasons.items() if "nor answered as others" in why}


def the_one_named_last(rng):
    (other, who), thing = rng.sample(PEOPLE, 2), rng.choice(THINGS)
    he = "he" if who in MEN else "she"
    facts = [f"{other} sat down", f"{who} sat down", f"{he} took the {thing}"]
    return facts, f"who took the {thing}", who


def where_the_one_named_last_went(rng):
    who, place = rng.choice(PEOPLE), rng.choice(PLACES)
    he = "he" if who in MEN else "she"
    return [f"{who} sat down", f"then {he} went to the {place}"], f"where is {who}", place


def mostly_of_some(rng):
    """Adam takes what is taken three times in four, in whatever words."""
    one, other = rng.sample(PEOPLE, 2)
    if "adam" in (one, other) and rng.random() < 0.75:
        one, other = "adam", next(who for who in (one, other) if who != "adam")
    thing, verb = rng.choice(THINGS), rng.choice(("took", "got"))
    facts = [f"{one} {verb} the {thing}", f"{other} saw it"]
    return facts, f"who has the {thing}", one


@pytest.mark.parametrize("tell", [who_took_it, where_they_went])
def test_he_and_she_tell_men_and_women_apart(tell):
    assert reasons(tell, PEOPLE, PLACES, THINGS) == {APART}


@pytest.mark.parametrize("tell", [the_one_named_last, where_the_one_named_last_went, mostly_of_some])
def test_names_may_be_exchanged_where_the_answer_needs_none(tell):
    assert reasons(tell, PEOPLE, PLACES, THINGS) == set()


def test_days_have_an_order():
    """The first of some is always the same one of two; on which day, any of them."""

    def tell(rng):
        who, *others = rng.sample(PEOPLE, 4)
        days = rng.sample(DAYS, 3)
        facts = [f"{who} met {other} on {day}" for other, day in zip(others, days)]
        day = rng.choice(days)
        if rng.random() < 0.5:
            return facts, f"whom did {who} meet on {day}", others[days.index(day)]
        return facts, f"whom did {who} meet first", others[days.index(min(days, key=DAYS.index))]

    assert reasons(tell, PEOPLE, PLACES, DAYS) == {BEFORE}


def test_a_word_that_nobody_asks_for_is_no_name():
    def tell(rng):
        who, place = rng.choice(PEOPLE), rng.choice(PLACES)
        return [f"he left the {place}", f"{who} went to the {place}"], f"where is {who}", place

    assert reasons(tell, (*PEOPLE, "he"), PLACES) == {"he"}


def uses(word, role, what):
    return Seen(object(), frozenset("ab"), Counter({(word, role, what): 1}))


def test_an_association_is_one_that_exchanging_words_takes_away():
    apart = [uses(word, ("p", "s"), word == "a") for word in "ab" * 30]
    assert is_no_chance(apart, of_all_roles)
    assert not is_no_chance(
        [uses(word, ("p", "s"), number % 3) for number, word in enumerate("ab" * 30)], of_all_roles
    )
    alone = [Seen(0, frozenset(word for word, _, _ in seen.uses), seen.uses) for seen in apart]
    assert not is_no_chance(alone, of_all_roles)


def test_between_signs_a_word_must_differ_by_sign():
    """By hand: a and b go with x by the sign s and not by t, and the other way round."""
    table = {("p", "s"): Counter({("a", 1): 4, ("b", 0): 4}), ("p", "t"): Counter({("a", 0): 4, ("b", 1): 4})}
    assert between_signs(table) == pytest.approx(8 + 8 - 0)
    same = {("p", sign): Counter({("a", 1): 4, ("b", 0): 4}) for sign in "st"}
    assert between_signs(same) == pytest.approx(8 + 8 - 16)
