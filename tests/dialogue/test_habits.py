from dialogue.worlds import bookings

from memnn.conversation import Dialogue, Turn
from memnn.dialogue.habits import describe_habits, expected_kind, stand_for_values
from memnn.text.dialogue_lexicon import DialogueLexicon
from memnn.text.replies import ReplyVocabulary

DIALOGUES = bookings(60)
LEXICON = DialogueLexicon.of_dialogues(DIALOGUES)
HABITS = describe_habits(DIALOGUES, LEXICON)
OFFER = "what about *"


def expected(text, before=OFFER):
    return expected_kind(HABITS, before, text, LEXICON)


def test_what_users_say_where():
    assert HABITS["plain"][OFFER] == ["great", "no something else"]
    assert HABITS["telling"][OFFER] == {
        "else": OFFER, "great": "i will book it", "no": OFFER, "no something else": OFFER, "something": OFFER
    }  # fmt: skip
    assert HABITS["before_values"] == ["in"] and HABITS["after_values"] == ["food"]


def test_words_tell_where_training_had_no_such_turn():
    assert expected("no") == expected("no thanks") == OFFER
    assert expected("no something else") == OFFER
    assert expected("no great") is None
    assert expected("nonsense") is None
    assert expected("no thai") is None  # what names something is not judged by its words
    assert expected("the phone") == "here it is *"  # said elsewhere
    assert expected("no", before="i will book it") == OFFER
    assert expected("hi no something else") is None


def test_a_turn_that_training_had_there_with_several_replies_is_for_the_network():
    other = [Dialogue((Turn("bot", "what about thai"), Turn("user", "no please"), Turn("bot", "hi")))]
    habits = describe_habits([*DIALOGUES, *other], LEXICON)
    assert habits["telling"][OFFER]["something"] == OFFER and "no" not in habits["telling"][OFFER]
    assert expected_kind(habits, OFFER, "no please", LEXICON) is None


def test_where_words_contradict_the_whole_turn_may_tell():
    def exchange(user, bot):
        return [Turn("user", user), Turn("bot", bot)]

    booked, hello, where = "i will book it", "hello what can i do", "where should it be"
    one = [Dialogue((*exchange("the phone", booked), *exchange("can be the phone", booked)))] * 5
    other = [Dialogue((*exchange("hi", hello), *exchange("can be else", where)))] * 5
    habits = describe_habits(one + other, LEXICON)
    assert habits["telling"][booked]["can"] == booked and habits["telling_anywhere"]["else"] == where
    assert expected_kind(habits, booked, "can be else", LEXICON) == where
    assert expected_kind(habits, booked, "can else", LEXICON) is None


def test_a_word_that_is_rare_tells_nothing():
    rare = [Dialogue((Turn("user", "hm"), Turn("bot", "what is it")))] * 4
    assert "hm" not in describe_habits(rare, LEXICON)["telling_anywhere"]
    assert describe_habits(rare + rare, LEXICON)["telling_anywhere"]["hm"] == "what is it"


def test_where_values_stand():
    assert stand_for_values(HABITS, ["klingon", "food", "in", "atlantis"], ["klingon", "atlantis"])
    assert not stand_for_values(HABITS, ["sing", "me", "klingon", "food"], ["sing", "me", "klingon"])


def test_a_model_without_kinds_of_words_has_no_habits():
    habits = describe_habits(DIALOGUES, ReplyVocabulary.of_dialogues(DIALOGUES))
    assert not any(habits.values())
