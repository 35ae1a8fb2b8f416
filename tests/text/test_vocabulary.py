from memnn.story import Story
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary, answer_entry, answer_words


def test_words_and_whole_answers_are_entries():
    vocabulary = Vocabulary.of_stories(
        [Story(("Mary got the milk.",), "What is she holding?", ("milk", "Red square"))]
    )
    assert vocabulary.words[2:6] == ("mary", "got", "the", "milk")
    assert vocabulary.spelled(vocabulary.id("milk,red square")) == "milk,Red square"
    assert vocabulary.id("never") == UNKNOWN != NIL
    assert "never" not in vocabulary


def test_the_commonest_spelling_is_kept():
    stories = [Story((), "q?", (answer,)) for answer in ("BILL", "Bill", "Bill", "bill")]
    vocabulary = Vocabulary.of_stories(stories)
    assert vocabulary.spelled(vocabulary.id("bill")) == "Bill"


def test_reserved_entries_are_spelled_unknown():
    assert [Vocabulary([]).spelled(i) for i in (NIL, UNKNOWN)] == ["unknown", "unknown"]


def test_answers_compare_without_case_and_spacing():
    assert answer_entry(("Red  Square", "Milk.")) == answer_entry(("red square", "milk")) == "red square,milk"
    assert answer_entry(("Mary's",)) == answer_entry(("mary",)) == "mary"


def test_written_answers_bring_their_words_behind_all_else():
    stories = [
        Story(("a b.",), "who?", ("Ann is here.",)),
        Story((), "who?", ("a b", "c d")),
        Story((), "who?", ("x",)),
    ]
    plain, written = (Vocabulary.of_stories(stories, written=both) for both in (False, True))
    assert written.words[: len(plain)] == plain.words
    assert written.words[len(plain) :] == ("ann", "is", "here")
    assert [answer_words(story.answer) for story in stories] == [("ann", "is", "here"), ("a b,c d",), ("x",)]
    assert written.sentence([*written.ids(["ann", "is", "here"]), 0, 0]) == "Ann is here."
    assert (written.sentence(written.ids(["here", "ann"])), written.sentence([0])) == ("here ann", "unknown")
