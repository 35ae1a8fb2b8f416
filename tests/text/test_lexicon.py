import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.text.story_symbols import STOP, UNTOLD
from memnn.text.symbols import MARK, Symbols
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary
from memnn.worlds import simulate

SYMBOLS = Symbols(
    classes=(("john", "mary"), ("kitchen", "old barn"), ("hungry", "tired")),
    by_name={"where will * go": (1, 2)},
    words=frozenset(["went", "to", "the", "where", "is", "will", "go"]),
)
LEXICON = Lexicon(SYMBOLS, ["went", "to", "the", "hungry"], ["yes", "kitchen"])


def test_ids_after_the_reserved_ones_and_without_repeats():
    assert LEXICON.words == ("<nil>", "<unknown>", MARK, "went", "to", "the", "hungry")
    assert LEXICON.answers == ("<stop>", "<unknown>", "yes", "kitchen")
    assert LEXICON.sizes == (7, 4) and len(LEXICON) == 7
    assert [LEXICON.id(word) for word in (MARK, "went", "never")] == [2, 3, UNKNOWN]
    assert [LEXICON.name_id(word) for word in ("hungry", "mary", "never")] == [6, NIL, NIL]
    assert [LEXICON.answer_id(word) for word in ("<stop>", "yes", "never")] == [STOP, 2, UNTOLD]
    assert Lexicon(SYMBOLS, ["to", "to"], ["yes", "yes"]).sizes == (4, 3)


def test_words_of_training_and_answers_are_contained():
    for word in ("mary", "went", "old barn", "barn", "yes"):  # also in a group of words
        assert word in LEXICON
    assert "greta" not in LEXICON and 3 not in LEXICON


@pytest.mark.parametrize(
    ("question", "facts", "untold"),
    [
        ("Where is the moon?", ["Mary went to the kitchen."], ("moon",)),
        ("Where is Mary?", ["John went to the kitchen.", "MARY went to the old barn"], ()),
        ("Where is Mary?", [], ("mary",)),
        ("Where is the old barn?", ["Mary went to the barn."], ("old barn",)),
        ("Where is the red ball?", ["Greta took the red", "ball"], ("red ball",)),
        ("Where is the red ball?", ["the ball is red"], ()),  # a name of two words, told of otherwise
        ("Where will Mary go?", ["Mary went to the kitchen."], ()),  # no names in it but hers
        ("Where is the hungry?", ["Mary went to the kitchen."], ("hungry",)),
        ("Where will hungry go?", ["Mary went to the kitchen."], ()),  # read by its name there
    ],
)
def test_names_that_no_fact_tells_of(question, facts, untold):
    assert LEXICON.untold(question, facts) == untold


def test_questions_worded_as_none_of_training_are_known(of_needs):
    """Names of several words count as one, also where some of the words are known."""
    for asked in (
        "why did Greta go to the lake",
        "WHERE WILL OLD ANTOINE GO?",
        "Why did Sumit get the apple pie",
    ):
        assert not of_needs.unasked(asked)
    for other in ("Why is Sumit in the kitchen?", "Where is Sumit?", "Who will Sumit go?", "Where will go?"):
        assert of_needs.unasked(other)
    assert not LEXICON.unasked("Why is Sumit in the kitchen?")  # of before wordings were kept
    assert not Vocabulary.of_stories([]).unasked("Why?")


@pytest.mark.parametrize(
    ("answer", "can"),
    [
        (("Mary",), True),  # stands in the story
        (("yes",), True),  # an answer of training
        (("Greta",), True),  # never seen, but in the story
        (("the hall",), False),
        (("tired",), False),  # a symbol that stands nowhere
        (("Mary", "yes"), True),
        (("Mary,yes",), True),
        (("Mary", "tired"), False),
        (("old  barn",), True),
    ],
)
def test_what_can_be_answered(answer, can):
    story = Story(("Mary went to the old barn", "Greta went to the old barn"), "where is John", answer)
    assert LEXICON.can_answer(story) == can


@pytest.fixture(scope="module")
def of_needs():
    return Lexicon.of_stories(list(simulate("20", 300, 0)))


def test_answers_that_are_copied_are_not_said_unless_by_name(of_needs):
    """Where a hungry one goes is said; why one went there, and who did, is copied."""
    assert {*of_needs.answers[2:]} == {"kitchen", "bedroom", "garden"}
    assert of_needs.spelling.keys() == {*of_needs.answers[2:]}


def test_names_have_ids_where_some_question_reads_them(of_needs):
    named = {
        word
        for numbers in of_needs.symbols.by_name.values()
        for n in numbers
        for word in of_needs.symbols.classes[n]
    }
    assert named == {"kitchen", "bedroom", "garden", "bored", "hungry", "thirsty", "tired"}
    assert all(of_needs.name_id(word) != NIL for word in named)
    assert all(of_needs.name_id(word) == NIL for word in ("sumit", "apple"))


def test_all_frames_of_training_are_known(of_needs):
    for story in simulate("20", 300, 0):
        for sentence in (*story.facts, story.question):
            assert all(of_needs.id(word) > UNKNOWN for word in of_needs.symbols.parse(sentence).frame)
        assert of_needs.can_answer(story)


def test_spellings_of_answers_are_those_of_training():
    stories = [Story(("mary went to the hall",), "is mary in the hall", ("YES",))] * 3
    lexicon = Lexicon.of_stories(stories)
    assert lexicon.answers[2:] == ("yes",) and lexicon.spelling == {"yes": "YES"}


def test_given_classes_are_taken():
    lexicon = Lexicon.of_stories(list(simulate("1", 100, 0)), [("went", "moved")])
    assert lexicon.symbols.classes[0] == ("went", "moved")


def same(one, other):
    return all(
        getattr(one, part) == getattr(other, part) for part in ("symbols", "words", "answers", "spelling")
    )


def test_json_holds_all_of_it(of_needs):
    for lexicon in (of_needs, LEXICON, Lexicon.of_stories(list(simulate("15", 300, 0)))):
        assert same(Lexicon.from_json(json.loads(json.dumps(lexicon.to_json()))), lexicon)


text = st.text(max_size=5)
parts = {
    "classes": st.lists(st.lists(text, max_size=3).map(tuple), max_size=3).map(tuple),
    "forms": st.dictionaries(text, text, max_size=2),
    "inflected": st.frozensets(st.tuples(text, st.integers(0, 3)), max_size=2),
    "by_name": st.dictionaries(text, st.lists(st.integers(0, 2), max_size=2).map(tuple), max_size=2),
    "words": st.frozensets(text, max_size=4),
    "reasons": st.dictionaries(text, text, max_size=2),
}


@settings(max_examples=60)
@given(st.fixed_dictionaries(parts), st.lists(text), st.lists(text), st.dictionaries(text, text, max_size=2))
def test_any_lexicon_comes_back_from_json(symbols, words, answers, spelling):
    lexicon = Lexicon(Symbols(**symbols), words, answers, spelling)
    assert same(Lexicon.from_json(json.loads(json.dumps(lexicon.to_json()))), lexicon)


@pytest.mark.parametrize("content", [{}, {"symbols": {}}, {"symbols": 3}, {"symbols": {"classes": 3}}])
def test_something_else_is_refused(content):
    with pytest.raises((LookupError, TypeError, ValueError)):
        Lexicon.from_json(content)
