import math
from dataclasses import replace

import pytest
import torch
from question_answering.networks import STORIES, WHERE, assert_same, reader, told

from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.telling import how_asked
from memnn.story import Story
from memnn.text.strangers import StoryWords
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import Vocabulary


def test_told_and_asked_is_answered_as_in_a_batch(net):
    """Some of these stories are longer than the memory."""
    assert max(len(story.facts) for story in STORIES) == 10
    net = QuestionAnswerer({"": reader(capacity=6)})
    answers = net.answer(STORIES)
    assert len({answer.text for answer in answers}) > 2
    for story, answer in zip(STORIES, answers):
        assert_same(told(net, *story.facts).ask(story.question), answer)


def test_an_answer_does_not_depend_on_the_rest_of_the_batch(net):
    for story, answer in zip(STORIES[:20], net.answer(STORIES)):
        assert_same(net.answer([story])[0], answer)


def test_answers_come_in_the_order_of_the_stories_in_any_number(net, monkeypatch):
    together = net.answer(STORIES)
    monkeypatch.setattr("memnn.question_answering.reader.BATCH", 7)
    for one, other in zip(net.answer(STORIES), together, strict=True):
        assert_same(one, other)
    for one, other in zip(net.answer(reversed(STORIES)), reversed(together), strict=True):
        assert_same(one, other)
    assert net.answer([]) == []


@pytest.mark.parametrize("facts", [(), ("",), ("...", " ")])
def test_where_nothing_was_told_the_answer_is_unknown(net, facts):
    answer = told(net, *facts).ask(WHERE)
    assert (answer.text, answer.probability, answer.evidence) == ("unknown", 0.0, ())
    assert answer.reason == "no fact was told"
    assert net.answer([Story(facts, WHERE)]) == [answer]


def test_where_training_asked_without_telling_it_is_answered(net):
    assert how_asked(STORIES) == {"openings": ["where"]}
    data = net.readers[""].config.data | how_asked([*STORIES, Story((), WHERE, ("park",))])
    net.readers[""] = replace(net.readers[""], config=replace(net.readers[""].config, data=data))
    answer = net.story().ask(WHERE)
    assert answer.evidence == () and answer.reason == "" and 0 < answer.probability <= 1
    assert_same(answer, net.answer([Story((), WHERE)])[0])


@pytest.mark.parametrize("question", ["Qux blah?", "?", "", "   "])
def test_a_question_of_unknown_words_is_unknown(net, question):
    answer = told(net, "Mary went to the park.").ask(question)
    assert (answer.text, answer.probability, answer.evidence) == ("unknown", 0.0, ())
    assert answer.unknown == (*tokenize(question), "park")
    assert answer.reason == (
        "no word of the question is known" if "blah" in question else "nothing was asked"
    )
    assert net.answer([Story(("Mary went to the park.",), question)]) == [answer]


def test_words_never_seen_are_named(net):
    """Those of the question first, then those of the facts, each once."""
    facts = ("Mary teleported to the park.", "Mary went to the office.", "John teleported to Qux.")
    assert told(net, *facts).ask("Where is Qux, blah?").unknown == ("qux", "blah", "teleported", "park")
    assert told(net, *facts[1:2]).ask(WHERE).unknown == ()
    stories = [Story(facts, "Where is Qux, blah?"), Story(facts[1:2], WHERE)]
    assert [len(answer.unknown) for answer in net.answer(stories)] == [4, 0]


def test_candidates_restrict_the_answer(net):
    story = told(net, *STORIES[0].facts)
    free = story.ask(WHERE)
    places = ["garden", "office", "kitchen", "hallway", "bedroom", "bathroom"]
    for place in places:
        assert story.ask(WHERE, [place]) == replace(free, text=place, probability=1.0, evidence=free.evidence)
    among = [story.ask(WHERE, pair) for pair in (places[:2], places[2:])]
    assert among[0].text in places[:2] and among[1].text in places[2:]
    assert all(0 < answer.probability <= 1 for answer in among)
    assert_same(net.answer([Story(STORIES[0].facts, WHERE, candidates=tuple(places[:2]))])[0], among[0])


def test_probability_is_that_of_the_softmax_and_of_candidates_among_themselves():
    words = StoryWords(Vocabulary(["hall", "park", "shop"]))
    total = 2 + math.e + math.e**2
    free = words.say(torch.tensor([-99.0, 0.0, 1.0, 0.0, 2.0]))
    assert free == ("shop", pytest.approx(math.e**2 / total))
    scores = torch.tensor([9.0, 9.0, 1.0, 0.0, 2.0])
    assert words.say(scores, ["hall", "park"]) == ("hall", pytest.approx(math.e / (math.e + 1)))
    assert words.say(scores, ["park", "zoo"]) == ("park", 1.0)


def test_a_list_may_be_a_candidate():
    words = StoryWords(Vocabulary(["milk", "football", "milk,football", "1,000"]))
    scores = torch.tensor([0.0, 0.0, 1.0, 0.0, 3.0, 2.0])
    assert words.say(scores, ["milk,football", "milk"])[0] == "milk,football"
    assert words.say(scores, ["1,000", "milk"])[0] == "1,000"
    assert words.vocabulary.can_answer(Story((), "What?", ("milk,football",)))


def test_candidates_never_seen_in_training_are_unknown(net):
    answer = told(net, "Mary went to the park.").ask(WHERE, ["Betelgeuse"])
    assert (answer.text, answer.probability) == ("unknown", 0.0)


def test_case_and_punctuation_do_not_matter(net):
    plain = told(net, "Mary went to the garden.").ask(WHERE)
    loud = told(net, "MARY  went to the GARDEN").ask("where is MARY")
    assert (loud.text, loud.probability) == (plain.text, plain.probability)
    candidate = told(net, "Mary went to the garden.").ask(WHERE, ["GARDEN"])
    assert candidate.text == "garden"
