import json

import pytest
from dialogue.worlds import bookings
from hypothesis import given
from hypothesis import strategies as st

from memnn.conversation import Dialogue, Row, Turn
from memnn.text.dialogue_lexicon import UNTOLD, DialogueLexicon
from memnn.text.entities import find_entities

LEXICON = DialogueLexicon.of_dialogues(bookings(60))


def told(*events):
    return DialogueLexicon.of_dialogues([Dialogue(events)] * 2)


def test_entities_are_what_rows_and_queries_say():
    symbols, classes, arguments = find_entities(bookings(60))
    by_class = dict(zip(classes, symbols.classes))
    assert by_class["R_food"] == ("french", "greek", "indian", "thai")
    assert by_class["R_city"] == ("lima", "oslo", "paris", "rome")
    assert all(name.startswith("resto_") for name in by_class["name"])
    assert "R_rating" not in by_class  # numbers are ordered, and so no symbols
    assert arguments == ["R_food", "R_city"]


def test_queries_without_rows_have_classes_of_their_own():
    lexicon = told(Turn("user", "thai in rome"), Turn("bot", "api_call thai rome"))
    assert lexicon.arguments == ("api_call 1", "api_call 2")
    assert lexicon.parse("thai in rome").fillers == ("thai", "rome")


def test_a_name_that_all_dialogues_say_of_themselves_is_a_word():
    one = Dialogue((Turn("user", "you can ask"), Turn("bot", "ask away")))
    named = Dialogue((Row("ask", "food", "thai"), Turn("user", "ask thai"), Turn("bot", "thai")))
    lexicon = DialogueLexicon.of_dialogues([one] * 20 + [named])
    assert lexicon.parse("ask away").fillers == ()
    assert lexicon.parse("thai").fillers == ("thai",)


def test_a_reply_is_its_template_and_its_symbols():
    said = LEXICON.take_apart("what about resto_seoul_korean_5")
    assert said == type(said)(("what about ", ""), ("resto_seoul_korean_5",))
    assert LEXICON.template_id(said.template) > 0
    assert LEXICON.template_id(("nobody says ", "")) == 0
    query = LEXICON.take_apart("api_call korean seoul")  # words never seen stay apart in a query
    assert query.fillers == ("korean", "seoul")


@pytest.mark.parametrize(
    "reply",
    [
        " you are welcome",
        "Sure , the Wok is on  x .",
        "thai?",
        "...",
        "(thai, rome)!",
        "it's Rome’s!",
        "Rome,thai",
        "cafe\u0301--x",
    ],
)
def test_replies_are_put_together_to_the_letter(reply):
    said = LEXICON.take_apart(reply)
    pieces = [piece for pair in zip(said.template, [*LEXICON.spelled(reply), ""]) for piece in pair]
    assert "".join(pieces) == reply


@given(
    st.lists(
        st.sampled_from(
            ["thai", "rome", " ", "  ", "what", "about", "?", "unseen", ",", "’s", "--", "api_call"]
        )
    )
)
def test_any_reply_is_taken_apart_to_the_letter(parts):
    reply = "".join(parts)
    said = LEXICON.take_apart(reply)
    pieces = [piece for pair in zip(said.template, [*LEXICON.spelled(reply), ""]) for piece in pair]
    assert "".join(pieces) == reply
    assert len(said.template) == len(said.fillers) + 1


def test_names_with_underscores_are_said_in_words():
    row = Row("the_golden_wok", "food", "thai")
    lexicon = told(row, Turn("user", "hi"), Turn("bot", "the golden wok is nice"))
    assert lexicon.take_apart("the golden wok is nice").fillers == ("the_golden_wok",)
    assert lexicon.put_together(("", " is nice"), ["the_golden_wok"]) == "the golden wok is nice"


def test_slots_know_the_properties_of_what_filled_them():
    slots = {
        "".join(template): LEXICON.fills[first : first + len(template) - 1]
        for template, first in zip(LEXICON.templates, LEXICON.first_slot)
    }
    assert slots["here it is "] == (("R_phone",),) and slots["what about "] == (("name",),)
    assert slots["api_call  "] == ((UNTOLD,), (UNTOLD,))
    assert DialogueLexicon.from_json(LEXICON.to_json() | {"fills": None}).fills is None


def test_names_are_what_replies_say_unheard():
    lexicon = told(
        Turn("user", "hi"), Turn("bot", "try rome"), Turn("user", "ok"), Turn("bot", "api_call rome")
    )
    assert lexicon.name_id("rome") == 1
    assert lexicon.name_id("oslo") == 0
    assert LEXICON.names == ("",)


def test_numbers_are_scaled_and_digits_of_names_are_not():
    mean, spread = LEXICON.relations["R_rating"]
    assert LEXICON.number(Row("x", "R_rating", "8")) == pytest.approx((8 - mean) / spread)
    assert LEXICON.number(Row("x", "R_phone", "555")) is None
    assert LEXICON.number(Row("x", "R_rating", "high")) is None
    assert LEXICON.number(Row("x", "never seen", "3")) == 3


def test_entities_of_a_knowledge_base_are_added_for_reading_alone():
    more = LEXICON.with_entities([Row("The Golden Wok", "R_food", "Asian Oriental"), Row("a_b", "new", "c")])
    assert more.parse("the golden wok please").fillers == ("the golden wok",)
    assert more.class_id("asian oriental") == LEXICON.class_id("thai")
    assert more.class_id("c") == 0 and more.is_entity("c")
    assert more.put_together(("", ""), ["the golden wok"]) == "The Golden Wok"
    assert more.parse("a b").fillers == ("a_b",)
    assert more.sizes == LEXICON.sizes
    assert LEXICON.parse("the golden wok please").fillers != ("the golden wok",)


def test_comes_back_from_json():
    again = DialogueLexicon.from_json(json.loads(json.dumps(LEXICON.to_json())))
    assert again.to_json() == LEXICON.to_json() and again.sizes == LEXICON.sizes
    assert "templates of replies" in LEXICON.describe()[0]
    assert LEXICON.reply_kind("what about rome") == "what about *"
