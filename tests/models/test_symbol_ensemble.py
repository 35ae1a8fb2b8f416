"""Several O and R that read one memory: they answer by their mean probabilities."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from memnn.input_map.asked import Question
from memnn.models.evidence import cost_of_reading
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_training import begin_with
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.response.copying import item_losses
from memnn.text.lexicon import Lexicon
from memnn.text.story_symbols import STOP
from memnn.worlds import simulate

STORIES = [story for task in ("1", "8") for story in simulate(task, 40, seed=1)]
LEXICON = Lexicon.of_stories(STORIES)
SMALL = SymbolMemoryNetwork(dim=16, hops=2, width=4, hidden=16, ensemble=3)


def build(settings=SMALL):
    torch.manual_seed(0)
    return settings.build(*LEXICON.sizes).eval()


def batch_of(network, stories=STORIES):
    return network.tensors(stories, LEXICON).batch(np.arange(len(stories)))


def alone(network):
    """Each member as a network of its own."""
    own = dict(network.named_parameters())
    for number in range(3):
        one = replace(SMALL, ensemble=1).build(*LEXICON.sizes).eval()
        for name, parameter in one.named_parameters():
            parameter.data.copy_(own[f"members.{number}.{name}"])
        yield one


def test_it_answers_by_the_mean_of_what_each_says():
    network = build()
    batch = batch_of(network)
    scores, _ = network.read(*network._written(batch), items=2)
    said = [one.read(*one._written(batch), items=2)[0].softmax(-1) for one in alone(network)]
    assert not torch.allclose(said[0], said[1])
    assert torch.allclose(scores.softmax(-1), sum(said) / 3, atol=1e-6)


def test_what_is_measured_is_of_the_answer_together():
    network = build()
    batch = batch_of(network)
    scores, _ = network.read(*network._written(batch), batch.answer.shape[1])
    measured, right = network.measure(batch)
    expected, found = item_losses(scores, batch.answer, batch.copied, network.answers)
    assert torch.allclose(measured, expected)
    assert torch.equal(right, found)


def test_a_fact_is_told_once_to_the_memory_of_all():
    network = build()
    told = network.write(batch_of(network, STORIES[:1]))
    assert told.frames.shape[-1] == 3 * SMALL.dim
    words = network.words(LEXICON)
    heard = network.hear(words, STORIES[0].facts)
    assert network.begin().frames.shape[-1] == 3 * SMALL.dim
    for one, own in zip(alone(network), told.frames.chunk(3, -1)):
        assert torch.equal(one.write(batch_of(one, STORIES[:1])).frames, own)
    said = network.answer(network.remember(heard), words, STORIES[0].question).scores
    assert torch.allclose(said, network(batch_of(network, STORIES[:1])).scores, atol=1e-5)


def test_who_has_ended_sooner_goes_on_for_the_others():
    network = build()
    for member, ends in zip(network.members, (20.0, -20.0, 20.0)):
        member.response.say.bias.data[STOP] = ends
    scores = network(batch_of(network, STORIES[:3])).scores
    assert scores.shape[1] == SMALL.items + 1
    assert torch.allclose(scores.exp().sum(-1), torch.ones(3, SMALL.items + 1), atol=1e-5)


def test_alone_it_is_the_network_itself():
    torch.manual_seed(0)
    one = replace(SMALL, ensemble=1).build(*LEXICON.sizes)
    first = dict(build().named_parameters())
    for name, parameter in one.named_parameters():
        assert torch.equal(parameter, first[f"members.0.{name}"])
    with pytest.raises(ValueError, match="ensemble must be at least 1"):
        replace(SMALL, ensemble=0)


def test_walks_are_theirs_in_the_mean():
    network = build(replace(SMALL, links=True, asked=0.5))
    batch = batch_of(network, STORIES[:1])
    walks = [member.walked(*member._written(batch)) for member in network.members]
    assert not torch.allclose(walks[0], walks[1])
    assert torch.allclose(network.walked(*network._written(batch)), sum(walks) / 3)
    assert build().walked(*network._written(batch)) is None


def test_training_begins_with_the_weights_of_another_of_as_many():
    own = Lexicon.of_stories([story for task in ("8", "7") for story in simulate(task, 40, seed=1)])
    first, second = build(), SMALL.build(*own.sizes)
    begin_with(first, second, LEXICON, own)
    both = [word for word in own.answers if word in LEXICON.answers]
    assert len(both) > 1 and LEXICON.answers != own.answers
    for one, other in zip(first.members, second.members):
        for word in both:
            there, here = LEXICON.answers.index(word), own.answers.index(word)
            assert torch.equal(one.response.say.weight[there], other.response.say.weight[here])
        assert torch.equal(one.response.choose.weight, other.response.choose.weight)


def test_evidence_of_many_costs_so_many_times_as_much():
    frame, symbols = torch.zeros(1, 48), torch.tensor([[0, 1]])
    question = Question(frame, symbols, torch.zeros(1, 2, dtype=torch.long), torch.tensor([2]))
    assert cost_of_reading(SMALL, 9, question) == 3 * cost_of_reading(replace(SMALL, ensemble=1), 9, question)


@pytest.mark.parametrize(
    "parts", [{}, {"links": True, "asked": 0.5}, {"space": 2, "asked": 0.5}, {"pairs": 2, "asked": 0.5}]
)
def test_members_are_trained_as_restarts_are_and_all_are_kept(parts):
    """Of restarts one is kept, and is one of the members."""
    settings = replace(SMALL, ensemble=2, beside=0.5, **parts)
    together = fit(settings, STORIES, epochs=2, loss="mean").readers[""].network
    kept = fit(replace(settings, ensemble=1), STORIES, epochs=2, loss="mean", restarts=2).readers[""].network
    same = [
        all(torch.equal(one, other) for one, other in zip(member.parameters(), kept.parameters()))
        for member in together.members
    ]
    assert sorted(same) == [False, True]


def test_a_run_of_an_ensemble_answers_as_it_was_measured(tmp_path):
    settings = {"ensemble": 2, "hops": 2, "dim": 16}
    plan = StoryPlan("symbol", settings=settings, options={"epochs": 2, "learning_rate": 0.01})
    trained = train_stories(STORIES, STORIES[:20], tmp_path / "run", plan)[""]
    found = evaluate(QuestionAnswerer.from_pretrained(tmp_path / "run"), STORIES[:20])
    assert trained.measures["error"] == pytest.approx([found.mean_error], abs=1e-4)  # all are of one task


def test_it_learns_and_shows_what_its_answer_rests_on():
    stories = list(simulate("1", 300, seed=2))
    learning = {"optimizer": "adamw", "learning_rate": 0.01, "loss": "mean", "length_pool": 10}
    net = fit(replace(SMALL, hidden=48, ensemble=2), stories, epochs=10, **learning)
    story = net.story()
    story.tell("Mary went to the office.", "John went to the garden.", "Mary went to the kitchen.")
    answer = story.ask("Where is John?")
    assert answer.text == "garden"
    assert max(answer.evidence, key=lambda each: each.weight).position == 1
