"""Words never seen in training, from a story told to an answer: MemNN trained with `unseen`."""

import dataclasses
import random

import pytest

from memnn.models.memnn import MemNN
from memnn.question_answering.fit import fit, train_networks
from memnn.question_answering.metrics import evaluate
from memnn.story import Story
from memnn.text.vocabulary import Vocabulary
from memnn.training.options import Options
from memnn.worlds.adventure import adventure

OPTIONS = {"optimizer": "adam", "learning_rate": 0.01, "clip": "none", "loss": "mean", "schedule": "linear"}
MODEL = MemNN(dim=20, hops=2, match="features", unseen=0.3)
FACTS = ("Zoë went to the Lighthouse.", "O'Neil moved to the mother-in-law.", "Bill left the kitchen.")


def world(seed, count, **cast):
    return adventure(random.Random(seed), count, 3, ("actor", "object"), **cast)


@pytest.fixture(scope="module")
def net():
    return fit(MODEL.build, world(0, 800), epochs=12, **OPTIONS)


STRANGE = world(
    1, 60, names=("Ada", "Kurt", "Emmy"), objects=("lamp", "harp"), rooms=("cave", "tower", "forest", "lake")
)


def told(net, *facts):
    story = net.story()
    story.tell(*facts)
    return story


def test_it_answers_with_words_it_never_saw(net):
    result = evaluate(net, STRANGE)
    assert result.mean_error < 10
    assert result.evidence > 90
    assert set(result.unseen) <= {"cave", "tower", "forest", "lake"}
    assert sum(result.unseen.values()) == round(result.mean_error / 100 * len(STRANGE))


def test_the_answer_is_spelled_as_the_story_spells_it(net):
    answer = told(net, *FACTS).ask("where is ZOË?")
    assert (answer.text, answer.unknown[0]) == ("Lighthouse", "zoë")
    assert [evidence.position for evidence in answer.evidence] == [0]
    assert told(net, *FACTS).ask("Where is O'Neil?").text == "mother-in-law"


def test_told_and_asked_is_answered_as_in_a_batch(net):
    for story, whole in zip(STRANGE, net.answer(STRANGE)):
        alone = told(net, *story.facts).ask(story.question)
        assert (alone.text, alone.evidence) == (whole.text, whole.evidence)
        assert alone.probability == pytest.approx(whole.probability, rel=1e-4)


def test_a_question_tells_nothing(net):
    story = told(net, FACTS[0])
    for name in ("Otto", "Frida", "Gustav"):
        story.ask(f"Where is {name}?")
    story.tell(FACTS[1])
    again = told(net, *FACTS[:2])
    assert story.ask("Where is O'Neil?") == again.ask("Where is O'Neil?")


def test_a_stranger_may_be_a_candidate_where_the_story_has_it(net):
    story = told(net, *FACTS)
    assert story.ask("Where is Zoë?", ["mother-in-law", "office"]).text in ("mother-in-law", "office")
    only = story.ask("Where is Zoë?", ["MOTHER-in-law"])
    assert (only.text, only.probability) == ("mother-in-law", 1.0)
    assert story.ask("Where is Zoë?", ["volcano"]).text == "unknown"
    stories = [Story(FACTS, "Where is Zoë?", candidates=("volcano", "mother-in-law"))]
    assert net.answer(stories)[0].text == "mother-in-law"


def test_forgetting_is_as_if_never_told(net):
    story = told(net, "Otto went to the volcano.", *FACTS)
    story.forget(0)
    assert story.ask("Where is Zoë?") == told(net, *FACTS).ask("Where is Zoë?")
    story.reset()
    story.tell(FACTS[0])
    assert story.ask("Where is Zoë?").text == "Lighthouse"


def test_more_strangers_than_are_told_apart_are_told_without_harm(net):
    crowd = [f"Somebody{number} went to the place{number}." for number in range(80)]
    assert net.readers[""].network.strangers == 100
    story = told(net, *crowd, "Zoë went to the office.")
    assert story.ask("Where is Somebody3?").text == "place3"
    assert story.ask("Where is Somebody70?").text  # nobody can tell them apart


@pytest.mark.parametrize("facts", [(), ("",), ("...", "?!"), ("Zoë.",), ("Zoë " * 500,)])
def test_odd_stories_are_answered(net, facts):
    assert told(net, *facts).ask("Where is Zoë?").text
    assert net.answer([Story(facts, "Where is Zoë?"), Story((), "Where is Bill?")])[0].text


def test_a_story_of_known_words_is_answered_as_well(net):
    assert evaluate(net, world(2, 60)).mean_error < 5


def test_restarts_side_by_side_learn_it_too(tmp_path):
    """Words of the validation stories that training has not are strangers there too."""
    stories, options = world(0, 800), Options(epochs=8, restarts=2, **OPTIONS)
    vocabulary = Vocabulary.of_stories(stories)
    trained = train_networks(MODEL.build, stories, STRANGE, vocabulary, options, tmp_path)
    assert max(trained.measures["error"]) < 25


def test_without_unseen_words_in_training_none_can_be_an_answer():
    net = fit(dataclasses.replace(MODEL, unseen=0.0).build, world(0, 200), epochs=2, **OPTIONS)
    answers = {answer.text for answer in net.answer(STRANGE)}
    assert not answers & {"cave", "tower", "forest", "lake"}
