from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.text.symbols import MARK, Parsed, Symbols, are_capital, singular, spellings
from memnn.text.tokenizer import tokenize

SYMBOLS = Symbols(
    classes=(
        ("john", "mary"),
        ("box of chocolates", "kitchen", "suitcase"),
        ("cat", "mouse", "wolf"),
    ),
    forms={"mice": "mouse", "wolves": "wolf", "cats": "cat"},
    inflected=frozenset({("* are afraid of *", 0), ("* are afraid of *", 1)}),
    words=frozenset(tokenize("went to the is a where what of box are afraid and no in mary kitchen")),
)


def parse(sentence):
    parsed = SYMBOLS.parse(sentence)
    return parsed.kind, parsed.fillers


@pytest.mark.parametrize(
    ("sentence", "kind", "fillers"),
    [
        ("Mary went to the kitchen.", "* went to the *", ("mary", "kitchen")),
        ("Where is the kitchen?", "where is the *", ("kitchen",)),
        ("MARY, and 'John'!", "* and *", ("mary", "john")),  # case and punctuation do not count
        ("Went to the.", "went to the", ()),  # no symbol
        ("", "", ()),
        ("?!", "", ()),
        ("Mary Mary went.", "* * went", ("mary", "mary")),  # known symbols in a row stay apart
        ("Mary's is Bilbo Baggins's.", "* 's is * 's", ("mary", "bilbo baggins")),  # whoever owns is told of
        # groups of words that stand for one
        ("Mary went to the box of chocolates", "* went to the *", ("mary", "box of chocolates")),
        ("the box of the kitchen", "the box of the *", ("kitchen",)),  # no group: words as they are
        # words never seen
        ("Greta went to the kitchen.", "* went to the *", ("greta", "kitchen")),
        ("Old Uncle Bob went to the kitchen.", "* went to the *", ("old uncle bob", "kitchen")),
        ("Where is the ball of Old Bob?", "where is the * of *", ("ball", "old bob")),
        ("Old Mary Bob", "* * *", ("old", "mary", "bob")),
        ("Old box of chocolates Bob Jr", "* * *", ("old", "box of chocolates", "bob jr")),
        # other forms of a word
        ("Mice are afraid of wolves.", "* are afraid of *", ("mouse", "wolf")),
        ("Emily is a mouse", "* is a *", ("emily", "mouse")),
        # words never seen, at places where other forms stand
        ("Foxes are afraid of geckos.", "* are afraid of *", ("fox", "gecko")),
        ("Foxes went to the kitchen.", "* went to the *", ("foxes", "kitchen")),
    ],
)
def test_a_sentence_is_its_frame_and_its_symbols(sentence, kind, fillers):
    assert parse(sentence) == (kind, fillers)


def test_what_is_exchanged_has_the_same_frame():
    first, second = (SYMBOLS.parse(s) for s in ("Mary went to the kitchen", "Zzz went to the suitcase"))
    assert first.frame == second.frame == (MARK, "went", "to", "the", MARK)


def test_the_longest_group_is_taken():
    symbols = Symbols((("red box", "red box of wood", "box of wood"),), words=frozenset({"the"}))
    assert symbols.parse("the red box of wood").fillers == ("red box of wood",)
    assert symbols.parse("the red box").fillers == ("red box",)
    assert symbols.parse("box of wood red box").fillers == ("box of wood", "red box")


def test_classes_are_numbered_by_the_base_form():
    assert [SYMBOLS.class_of(word) for word in ("mary", "suitcase", "mouse")] == [0, 1, 2]
    assert SYMBOLS.class_of("mice") is None
    assert SYMBOLS.class_of("greta") is None


def test_what_is_known():
    assert all(map(SYMBOLS.is_known, ("mary", "mice", "went", "box of chocolates")))
    assert not any(map(SYMBOLS.is_known, ("greta", "chocolates", "Mary", "")))


@pytest.mark.parametrize(
    ("item", "entry"),
    [
        ("Kitchen", "kitchen"),
        ("mice", "mouse"),
        ("Box of Chocolates.", "box of chocolates"),
        ("no", "no"),
        ("no kitchen", "no kitchen"),
        ("Old Bob", "old bob"),
        ("Mary's", "mary"),
        ("...", ""),
    ],
)
def test_an_item_of_an_answer(item, entry):
    assert SYMBOLS.entry(item) == entry


@pytest.mark.parametrize(
    ("plural", "word"),
    [
        ("cats", "cat"),
        ("wolves", "wolf"),
        ("puppies", "puppy"),
        ("buses", "bus"),
        ("foxes", "fox"),
        ("finches", "finch"),
        ("thrushes", "thrush"),
        ("sheep", "sheep"),
        ("s", "s"),
        ("is", "is"),  # too short to have an ending
        ("", ""),
    ],
)
def test_singular(plural, word):
    assert singular(plural) == word


def test_spellings_are_those_of_the_sentences():
    told = ["MacDonald went to the Kitchen.", "Where is the 'box of Chocolates' of MAry?"]
    assert spellings(SYMBOLS, told) == {
        "macdonald": "MacDonald",
        "went": "went",
        "to": "to",
        "the": "the",
        "kitchen": "Kitchen",
        "where": "Where",
        "is": "is",
        "box of chocolates": "box of Chocolates",
        "of": "of",
        "mary": "MAry",
    }


def test_whether_symbols_have_a_capital_letter():
    assert are_capital(SYMBOLS, ["kitchen went to John", "is John a Wolf"])
    assert not are_capital(SYMBOLS, ["Mary went to the box of chocolates", "where is John"])  # a group counts
    assert not are_capital(SYMBOLS, ["what is afraid", "John"])


def test_the_capital_of_a_sentence_is_not_the_words_own():
    assert spellings(SYMBOLS, ["Wolf is a cat", "Mary is a wolf", "Mary is a WOLF"])["wolf"] == "wolf"
    assert spellings(SYMBOLS, ["Mary is a iPod", "Ipod is a cat"])["ipod"] == "iPod"
    assert spellings(SYMBOLS, ["Wolf is a cat"])["wolf"] == "Wolf"
    assert spellings(SYMBOLS, ["The Mary is a cat", "mary went"])["mary"] == "Mary"


def test_a_sentence_is_taken_apart_for_its_spellings_once():
    assert SYMBOLS.spelled("A WOLF is here") == (("a", "A"), ("wolf", "WOLF"), ("is", "is"), ("here", "here"))
    assert SYMBOLS.spelled("A WOLF is here") is SYMBOLS.spelled("A WOLF is here")


def test_spellings_pass_over_punctuation():
    assert spellings(SYMBOLS, ["mary -- went"]) == {"mary": "mary", "went": "went"}
    assert spellings(SYMBOLS, ["Where is (the) Weiß?"])["weiss"] == "Weiß"  # folded it is a letter longer
    assert spellings(SYMBOLS, []) == {}


def test_base_forms_are_spelled_as_such():
    """Another form is no spelling of the base form."""
    found = spellings(SYMBOLS, ["the mice are afraid of wolves"])
    assert "mouse" not in found and "wolf" not in found


words = st.sampled_from(
    ["Mary", "mice", "box", "of", "chocolates", "went", "Greta", "Bob", "?", "…", "İ", "ﬁ"]
)
texts = st.one_of(st.text(), st.lists(words).map(" ".join))


@settings(max_examples=200)
@given(texts)
def test_any_text_is_taken_apart_and_put_together_again(text):
    parsed = SYMBOLS.parse(text)
    assert isinstance(parsed, Parsed)
    assert sum(word == MARK for word in parsed.frame) == len(parsed.fillers)
    assert all(word == MARK or word in SYMBOLS.words for word in parsed.frame)
    assert (
        SYMBOLS.parse(text.upper().lower()).frame == SYMBOLS.parse(text.lower()).frame or not text.isascii()
    )
    fillers = iter(parsed.fillers)
    whole = " ".join(next(fillers) if word == MARK else word for word in parsed.frame)
    if "wolf" not in whole and "mouse" not in whole and "cat" not in whole:
        assert SYMBOLS.parse(whole).frame == parsed.frame
    assert isinstance(spellings(SYMBOLS, [text, text]), dict)


def test_strangers_in_a_row_are_one_name_unless_training_told_of_a_name_for_each():
    told = replace(
        SYMBOLS,
        words=frozenset(["what", "is", "the", "of", "went", "to"]),
        kinds=frozenset({"what is the * * of"}),
    )
    assert told.parse("What is the rutoda nozera of?").fillers == ("rutoda", "nozera")
    assert told.parse("Rutoda nozera went to the blick.").fillers == ("rutoda nozera", "blick")
    both = replace(told, kinds=told.kinds | {"what is the * of"})
    assert both.parse("What is the rutoda nozera of?").fillers == ("rutoda nozera",)
