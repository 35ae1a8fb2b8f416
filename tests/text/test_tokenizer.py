import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from memnn.text.tokenizer import MOST_WORDS, fold, is_cut, spell, tokenize


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Where is Mary?", ("where", "is", "mary")),
        ("  Don't  panic — 3.5 times!", ("don't", "panic", "3.5", "times")),
        ("mother-in-law", ("mother-in-law",)),
        ("Ann—her sister--came – at last -", ("ann", "her", "sister", "came", "at", "last")),
        ("Zoë’s sister and [Tom]'s", ("zoë", "'s", "sister", "and", "tom", "'s")),
        ("It's JAMES'S boys' room; isn't it?", ("it's", "james", "'s", "boys", "room", "isn't", "it")),
        ("Mary 's", ("mary", "'s")),
        ("s,e", ("s,e",)),
        ("(S,e,)", ("s,e",)),
        ("Ann,her mom,went;Bob didn't", ("ann", "her", "mom", "went", "bob", "didn't")),
        ('"Run!"said [Al].[Di] 1,000 e.g. U.S.', ("run", "said", "al", "di", "1,000", "e.g", "u.s")),
        ("Ann(Bo's aunt)...2,a,3 left?Yes", ("ann", "bo", "'s", "aunt", "2", "a", "3", "left", "yes")),
        ("«Où est Zoë ?»", ("où", "est", "zoë")),
        ("Πού είναι η Ζωή\u037e", ("πού", "είναι", "η", "ζωή")),
        ("मरियम कहाँ है?", ("मरियम", "कहाँ", "है")),
        ("\0Mary\x07went\x1b to\x7fthe \x9f park\0.", ("mary", "went", "to", "the", "park")),
        ("?!.", ()),
        ("", ()),
    ],
)
def test_words(sentence, words):
    assert tokenize(sentence) == words


def test_two_ways_to_write_an_accent_are_one_word():
    assert tokenize("cafe\u0301") == tokenize("caf\u00e9")


def test_two_ways_to_write_an_apostrophe_are_one_word():
    assert tokenize("Mary’s sister doesn’t") == tokenize("Mary's sister doesn't")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text() | st.text("aé,.;\u037e\u1fef'’ s\u0301-(["))
def test_words_as_spelled_are_the_words_one_for_one(text):
    assert len(spell(text)) == len(tokenize(text))
    assume(unicodedata.is_normalized("NFC", text))
    assert tuple(word.casefold().replace("’", "'") for word in spell(text)) == tokenize(text)


def test_spelling_is_kept_without_the_punctuation_around():
    assert spell("«Où» is Mount-Doom, O’Neil’s?") == ("Où", "is", "Mount-Doom", "O’Neil", "’s")
    assert spell("cafe\u0301!") == ("cafe\u0301",)


def test_of_a_very_long_sentence_the_first_words_are_read():
    words = [f"W{number}" for number in range(MOST_WORDS)]
    whole, longer = " ".join(words), " ".join([*words, "one", "more"])
    assert spell(longer) == spell(whole) == tuple(words)
    assert tokenize(longer) == tokenize(whole)
    assert not is_cut(whole) and is_cut(longer)
    owners = " ".join(["Mary's"] * (MOST_WORDS // 2))
    assert not is_cut(owners) and is_cut(f"{owners} book")
    assert len(tokenize(f"{owners} book")) == MOST_WORDS
