import dataclasses
import json

import pytest
from dialogue.worlds import base

from memnn.conversation import SILENCE, Row, Turn
from memnn.dialogue.knowledge import KnowledgeBase
from memnn.dialogue.session import Session, Stock
from memnn.errors import UserError

HABITS = ("plain", "telling", "telling_anywhere", "before_values", "after_values")
THINGS = base(["thai", "korean"], ["rome", "seoul"])
NAMED = {
    "The Golden Wok": {"food": "korean", "city": "seoul", "rating": "7", "phone": "+49 30 55"},
    "Little Seoul": {"food": "korean", "city": "seoul", "rating": "3", "phone": "+49 30 66"},
    "Seoul Two": {"food": "korean", "city": "seoul", "rating": "1", "phone": "+49 30 77"},
}


@pytest.fixture
def session(bot):
    return Session(bot, KnowledgeBase(THINGS))


def best(food, city):
    """The things of a query, the best first."""
    found = [name for name, values in THINGS.items() if (values["food"], values["city"]) == (food, city)]
    return sorted(found, key=lambda name: -int(THINGS[name]["rating"]))


def test_a_query_is_executed_and_the_talk_goes_on(session):
    assert session.say("hi").text == "hello what can i do"
    assert session.say("korean food please").text == "where should it be"
    said = session.say("in seoul")
    first, second, _ = best("korean", "seoul")
    assert [reply.text for reply in said.replies] == ["api_call korean seoul", f"what about {first}"]
    assert said.text == f"what about {first}"
    assert session.say("no something else").text == f"what about {second}"
    assert session.say("great").text == "i will book it"
    phone = session.say("what is the phone")
    assert phone.text == f"here it is {second}_phone"
    rows = [used for used in phone.last.evidence if used.hop == 2]
    assert rows[0].fact == f"{second} R_phone {second}_phone"
    assert session.transcript.events[rows[0].position] == Row(second, "R_phone", f"{second}_phone")


def test_one_may_change_ones_mind_after_an_offer(session):
    session.say("thai food in rome")
    said = session.say("instead in seoul")
    assert said.replies[0].text == "api_call thai seoul"
    assert said.text == f"what about {best('thai', 'seoul')[0]}"


def test_names_of_several_words_are_said_as_the_base_spells_them(bot):
    session = Session(bot, KnowledgeBase(NAMED))
    assert session.say("korean food in seoul").text == "what about The Golden Wok"
    assert session.say("no something else").text == "what about Little Seoul"
    session.say("great")
    assert session.say("what is the phone").text == "here it is +49 30 66"


def test_stock_replies_stand_outside_the_model(bot):
    stock = Stock(no_result="nothing", off_domain="cannot", no_more="no more")
    session = Session(bot, KnowledgeBase(THINGS), stock=stock)
    assert session.say("tell me a joke about elephants").text == "cannot"
    assert session.transcript.aside == frozenset({0, 1})
    assert session.say("thai food in lima").text == "nothing"
    said = session.say("instead in rome")
    assert said.text == f"what about {best('thai', 'rome')[0]}"
    events, aside = session.transcript.events, session.transcript.aside
    assert Turn("bot", "nothing") in [events[place] for place in aside]


def test_when_all_was_offered_nothing_else_is(session):
    offers = [f"what about {name}" for name in best("thai", "rome")]
    assert session.say("thai food in rome").text == offers[0]
    said = [session.say("no something else").text for _ in range(6)]
    assert said[:2] == offers[1:] and set(said[2:]) == {Stock.no_more}


def test_a_turn_that_training_never_had_is_taken_by_its_words(session):
    """The users of training say 'no something else', and ask for the phone of what they took."""
    first, second, _ = best("thai", "rome")
    session.say("thai food in rome")
    assert session.say("no").text == f"what about {second}"
    session.undo()
    assert session.say("the phone").text == f"here it is {first}_phone"
    session.reset()
    assert session.say("the phone").text  # where none was told


def test_a_request_for_what_is_nowhere_finds_nothing(session):
    said = session.say("klingon food in atlantis")
    assert [reply.text for reply in said.replies] == ["api_call klingon atlantis", Stock.no_result]


def test_what_has_no_words_is_not_heard(session):
    assert session.say("\ufffd\ufffd").text == session.say("...").text == Stock.off_domain
    assert session.transcript.aside == frozenset(range(4))
    assert "\ufffd" not in session.say("<silence>").text


def test_runs_that_tell_no_habits_go_on_as_before(bot):
    flow = {name: value for name, value in bot.config.data.items() if name not in HABITS}
    session = Session(dataclasses.replace(bot, config=dataclasses.replace(bot.config, data=flow)))
    assert session.say("hi").text == "hello what can i do"


def test_an_offer_is_not_made_twice(bot):
    only = {name: values for name, values in THINGS.items() if name == best("thai", "rome")[0]}
    session = Session(bot, KnowledgeBase(only))
    assert session.say("thai food in rome").text.startswith("what about")
    assert session.say("no something else").text == Stock.no_more


def test_sessions_resume_to_identical_replies(bot, tmp_path):
    one = Session(bot, KnowledgeBase(THINGS))
    for text in ("hi", "thai food please"):
        one.say(text)
    one.save(tmp_path / "kept.json")
    two = Session(bot, KnowledgeBase(THINGS))
    two.load(tmp_path / "kept.json")
    assert one.transcript == two.transcript
    for text in ("in rome", "no something else", "great", "what is the phone"):
        assert one.say(text) == two.say(text)
    assert json.loads(json.dumps(one.to_json())) == two.to_json()


def test_two_sessions_never_mix(bot):
    one, two, alone = (Session(bot, KnowledgeBase(THINGS)) for _ in range(3))
    mixed, said = [], ("thai food please", "in rome", "great", "what is the phone")
    for text in said:
        mixed.append(one.say(text))
        two.say("korean food in seoul" if text == "in rome" else "hi")
    assert mixed == [
        alone.say(text) for text in ("thai food please", "in rome", "great", "what is the phone")
    ]


def test_undo_takes_back_all_that_came_of_a_turn(session):
    session.say("hi")
    before = session.transcript
    session.say("thai food in rome")
    assert session.undo() and session.transcript == before
    assert session.undo() and session.transcript.events == ()
    assert not session.undo()


def test_undo_gives_back_the_results_of_a_request_that_was_changed(session):
    session.say("thai food in rome")
    before = session.transcript
    assert session.say("instead in seoul").text == f"what about {best('thai', 'seoul')[0]}"
    assert session.transcript.aside
    assert session.undo() and session.transcript == before
    assert session.say("no something else").text == f"what about {best('thai', 'rome')[1]}"


def test_nothing_is_lost_by_what_cannot_be(session, tmp_path, monkeypatch):
    session.say("thai food please")
    before = session.transcript
    with pytest.raises(UserError, match="nothing was said"):
        session.say("   ")
    for name, content in (
        ("other.json", session.to_json() | {"model": "another"}),
        ("old.json", {"format": 0}),
        ("broken.json", session.to_json() | {"events": [["user"]]}),
    ):
        (tmp_path / name).write_text(json.dumps(content))
        with pytest.raises(UserError, match=name):
            session.load(tmp_path / name)
    with pytest.raises(UserError, match="there is no such file"):
        session.load(tmp_path / "none.json")
    monkeypatch.setattr(type(session.base), "find", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.say("in rome")
    assert session.transcript == before


def test_a_turn_of_a_megabyte_is_answered(session):
    said = session.say("thai food in rome " + "blah " * 200_000)
    assert said.text


def test_a_base_without_what_queries_ask_for_is_one_line(bot):
    with pytest.raises(UserError, match="has no property R_food"):
        Session(bot, KnowledgeBase({"Siam": {"kind": "thai", "city": "rome"}}))
    named = Session(bot, KnowledgeBase({"Siam": {"kind": "thai", "city": "rome"}}), ["kind", "city"])
    assert named.say("thai food in rome").replies[0].text == "api_call thai rome"


@pytest.mark.parametrize("arguments", [["food"], ["food", "city", "rating"]])
def test_other_properties_than_queries_have_are_one_line(bot, arguments):
    with pytest.raises(UserError, match=f"--api: expected 2 properties, .* found {len(arguments)}: food"):
        Session(bot, KnowledgeBase(THINGS), arguments)


def test_without_a_base_the_bot_waits_for_rows(bot):
    session = Session(bot)
    said = session.say("thai food in rome")
    assert [reply.text for reply in said.replies] == ["api_call thai rome"] and said.text == ""
    told = session.tell(KnowledgeBase(THINGS).rows(best("thai", "rome")))
    assert told.text == f"what about {best('thai', 'rome')[0]}"


def test_a_bot_that_begins_is_heard_first(bot):
    flow = bot.config.data | {"begins": True}
    begins = dataclasses.replace(bot, config=dataclasses.replace(bot.config, data=flow))
    session = Session(begins)
    session.say("hi")
    assert session.transcript.events[0] == Turn("user", SILENCE)
