import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memnn.text.word_list import END, UNKNOWN, WordList, join_words

RAW = ["The cat, the dog.", "The cat sat."]
READY = ["a a b <unk>", "a b c"]

lines = st.lists(st.text(st.sampled_from("ab c.<eos>unk\t"), max_size=20), min_size=1, max_size=6)


def test_words_that_come_ready_are_taken_as_they_are():
    words = WordList.of_lines(READY)
    assert words.words == ("a", END, "b", UNKNOWN, "c")
    assert words.ids_of_lines(["a z", ""]) == [0, 3, 1, 1]


def test_raw_text_is_split_and_words_seen_once_are_unknown():
    words = WordList.of_lines(RAW)
    assert words.words == (UNKNOWN, ".", END, "The", "cat")  # four of the twelve are none of these
    assert [words.words[i] for i in words.ids_of_lines(["The dog."])] == ["The", UNKNOWN, ".", END]


def test_of_marks_between_letters():
    words = WordList.of_lines(["well,then 3,500 3,x x,3 don't so-so"] * 2)
    expected = ["well", ",", "then", "3,500", "3", ",", "x", "x", ",", "3", "don't", "so-so"]
    assert words.split("well,then 3,500 3,x x,3 don't so-so") == expected
    ids = words.ids_of_lines(["well,<unk> then"])  # the word for all others is one word in raw text too
    assert [words.words[i] for i in ids] == ["well", ",", UNKNOWN, "then", END]


def test_a_word_for_the_unknown_ones_that_is_hardly_there_is_a_word_like_others():
    words = WordList.of_lines([*["One, two."] * 498, "It has <unk> once."])  # one in a thousand
    assert not words.ready and "," in words and "One," not in words
    assert WordList.of_lines([*["one , two ."] * 248, "it has <unk> ."]).ready  # one in 996


def test_letters_hold_what_stands_above_and_below_them():
    text = ["हिन्दी में, cafe\u0301 naïve"] * 2
    words = WordList.of_lines(text)
    assert {"हिन्दी", "में", ",", "café", "naïve"} == {*words.words} - {END, UNKNOWN}
    assert words.split("cafe\u0301, में") == ["café", ",", "में"]
    assert words.split("❤\ufe0fyou \u0301a") == ["❤", "\ufe0f", "you", "\u0301", "a"]  # of no letter


def test_the_size_counts_all():
    for size in range(2, 8):
        words = WordList.of_lines(RAW, size)
        assert len(words) == size and {END, UNKNOWN} <= set(words.words)
    # unknown words count together: four of ten
    assert WordList.of_lines(READY, 3).words == (UNKNOWN, "a", END)


@given(lines, st.integers(0, 9))
def test_every_text_has_a_list_that_can_be_stored(text, size):
    words = WordList.of_lines(text, size)
    ids = words.ids_of_lines(text)
    assert all(0 <= index < len(words) for index in ids)
    assert ids.count(words.end) >= len(text)
    assert len(words) == len(set(words.words)) and (not size or len(words) <= max(size, 2))
    again = WordList.from_json(json.loads(json.dumps(words.to_json())))
    assert again.words == words.words and again.ids_of_lines(text) == ids


def test_a_prompt_is_split_as_far_as_its_words_are_known():
    words = WordList(["the", "U.S.", "@-@", "cat", "."], ready=True)
    assert words.split("the U.S. cat. @-@ ") == ["the", "U.S.", "cat", ".", "@-@"]
    assert words.split("dog;") == ["dog", ";"]
    assert words.split("") == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["It", "rains", ",", "they", "say", ".", END, "Yes"], "It rains, they say.\nYes"),
        (["f", "(", "x", ")", "'s"], "f (x) 's"),
        ([], ""),
    ],
)
def test_words_are_joined_as_people_write(words, text):
    assert join_words(words) == text
