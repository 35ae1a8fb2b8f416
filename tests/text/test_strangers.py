import numpy as np

from memnn.story import Story
from memnn.text.batches import StoryTensors
from memnn.text.strangers import StoryWords
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary

KNOWN = Vocabulary(["went", "to", "the", "where", "is", "red,blue"], {"the": "The"})
FIRST = len(KNOWN)


def test_a_stranger_keeps_its_id_and_the_spelling_it_was_met_in():
    words = StoryWords(KNOWN, 5)
    assert words.ids("Frida went to the LAKE.") == [FIRST, 2, 3, 4, FIRST + 1]
    assert words.ids("lake, frida, Otto!") == [FIRST + 1, FIRST, FIRST + 2]
    assert words.ids("?") == []
    assert [words.spelled(index) for index in (FIRST, FIRST + 1, FIRST + 2)] == ["Frida", "LAKE", "Otto"]
    assert (words.spelled(4), words.spelled(2), words.spelled(UNKNOWN)) == ("The", "went", "unknown")


def test_there_may_be_too_many_strangers():
    words = StoryWords(KNOWN, 2)
    assert words.ids("a b c b went d a") == [FIRST, FIRST + 1, UNKNOWN, FIRST + 1, 2, UNKNOWN, FIRST]
    assert StoryWords(KNOWN).ids("a went b") == [UNKNOWN, 2, UNKNOWN]


def test_an_answer_is_an_entry_a_stranger_or_neither():
    words = StoryWords(KNOWN, 5)
    words.ids("Frida went")
    assert words.id(("FRIDA.",)) == FIRST
    assert words.id(("red", "Blue")) == KNOWN.id("red,blue")
    assert words.id(("Otto",)) == words.id(("Frida", "Frida")) == UNKNOWN


def test_a_copy_meets_its_own_strangers():
    words = StoryWords(KNOWN, 5)
    words.ids("Frida")
    other = words.copy()
    assert (other.ids("Frida Otto"), words.ids("Lake Otto")) == (
        [FIRST, FIRST + 1],
        [FIRST + 1, FIRST + 2],
    )
    assert (other.spelled(FIRST + 1), words.spelled(FIRST + 1)) == ("Otto", "Lake")


STORIES = [
    Story(("Frida went to the lake.", "Otto went."), "Where is Frida?", ("lake",), (0,)),
    Story(("Otto went.", "went to the lake", "Otto went."), "Where is Otto?", ("Frida",), (1,)),
    Story((), "Where?", ("went",)),
]


def read_back(tensors, batch, row):
    """Each fact and the question of a story, as its words spell them."""
    facts = [batch.facts[i] for i, there in zip(batch.slots[row], batch.mask[row]) if there]
    return [
        " ".join(tensors.words[row].spelled(i) for i in sentence.tolist() if i != NIL)
        for sentence in [*facts, batch.question[row]]
    ]


def test_in_a_batch_each_story_has_strangers_of_its_own():
    tensors = StoryTensors(STORIES, KNOWN, strangers=5)
    batch = tensors.batch(np.arange(3))
    assert read_back(tensors, batch, 0) == ["Frida went to The lake", "Otto went", "where is Frida"]
    assert read_back(tensors, batch, 1) == ["Otto went", "went to The lake", "Otto went", "where is Otto"]
    assert read_back(tensors, batch, 2) == ["where"]
    assert batch.answer.tolist() == [FIRST + 1, UNKNOWN, 2]
    assert len(batch.facts) == 4  # "Otto went." of one story is not that of the other


def test_strangers_of_forgotten_facts_are_forgotten():
    tensors = StoryTensors(STORIES, KNOWN, capacity=1, strangers=5)
    batch = tensors.batch(np.arange(2))
    assert read_back(tensors, batch, 0) == ["Otto went", "where is Frida"]
    assert batch.answer[0] == UNKNOWN


def test_without_strangers_unknown_words_are_all_alike():
    batch = StoryTensors(STORIES, KNOWN).batch(np.arange(3))
    assert batch.facts.max() < FIRST and batch.question.max() < FIRST
    assert batch.answer.tolist() == [UNKNOWN, UNKNOWN, 2]
