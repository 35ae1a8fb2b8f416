import pytest
from hypothesis import given
from hypothesis import strategies as st

from memnn.text.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ("Mary went home.",),
        ("Mary is Ann's wife.", "[Ann] has a son!", '"Who?"', "Tom."),
        ("Dr. Hill and J. R. Bird met Mrs. Low vs. St. Ives.", "3 came."),
        ("It is 3.5 km. or so",),
        ("The U.S.A. and example.com!x are Node.js or v2.Beta or J.Bird?",),
        ("It is in file.7 or version.2b",),
        ("She said no.", "There are 7.", "That is all"),
        ("राम घर गया।", "सीता आई।"),
        ("彼は家に帰った。", "彼女は寝た。"),
        ("... ?! .",),
        ("",),
    ],
)
def test_sentences_of_a_text(sentences):
    space = "" if sentences[0].endswith("。") else " "
    assert split_sentences(space.join(sentences)) == sentences


def test_where_a_space_was_forgotten_a_capital_letter_begins_the_next():
    told = 'Ann met her son.She was glad. "Hello!"Bob said.[Ann] left.'
    expected = ("Ann met her son.", "She was glad.", '"Hello!"', "Bob said.", "[Ann] left.")
    assert split_sentences(told) == expected


@given(st.text(alphabet="ab A.!? \n'\"।"))
def test_nothing_but_white_space_is_lost(text):
    sentences = split_sentences(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert [split_sentences(sentence) for sentence in sentences[:-1]] == [(s,) for s in sentences[:-1]]
