"""The Symbol Memory Network whole: it learns from answers, by its memory, for any names."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_training import begin_with
from memnn.output_map.rounds import Rounds
from memnn.output_map.unread import unread_losses
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate
from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.worlds import simulate

TASKS = ("1", "15", "20")
TRAIN = [story for task in TASKS for story in simulate(task, 300, seed=1)]
TEST = [story for task in TASKS for story in simulate(task, 100, seed=2)]
SMALL = SymbolMemoryNetwork(dim=32, hops=3, width=8, hidden=64)
LEARNING = {
    "optimizer": "adamw",
    "learning_rate": 0.005,
    "loss": "mean",
    "schedule": "linear",
    "clip": "global",
    "clip_norm": 1.0,
    "length_pool": 10,
}


@pytest.fixture(scope="module")
def net():
    return fit(replace(SMALL, hidden=96), TRAIN, epochs=12, **LEARNING)


LEXICON = Lexicon.of_stories(TRAIN)


def untrained(settings=SMALL):
    torch.manual_seed(0)
    return LEXICON, settings.build(*LEXICON.sizes).eval()


def renamed(story, names):
    """The story with words replaced, in its answer too."""

    def swap(text):
        return " ".join(names.get(word.strip(".?"), word.strip(".?")) for word in text.split())

    return replace(
        story,
        facts=tuple(map(swap, story.facts)),
        question=swap(story.question),
        answer=tuple(map(swap, story.answer)),
    )


def test_it_learns_by_its_memory(net):
    assert evaluate(net, TEST).mean_error <= 3
    forgetful = [replace(story, facts=(), supporting=()) for story in TEST if story.task != "20"]
    assert evaluate(net, forgetful).mean_error > 50


def strangers(symbols, question):
    """A word never seen for each symbol that the question does not read by name, and for its plural."""
    read_by_name = symbols.read_by_name(question)
    classes = [words for number, words in enumerate(symbols.classes) if number not in read_by_name]
    names = {word: f"{word}o" for words in classes for word in words}
    names |= {form: f"{names[word]}s" for form, word in symbols.forms.items()}
    return names | {word.capitalize(): name.capitalize() for word, name in names.items()}


def test_words_never_seen_in_place_of_all_symbols_cost_nothing(net):
    lexicon = net.readers[""].vocabulary
    names = [strangers(lexicon.symbols, story.question) for story in TEST]
    strange = [renamed(story, words) for story, words in zip(TEST, names)]
    copied = 0
    for one, other, words in zip(net.answer(TEST), net.answer(strange), names):
        assert other.text == words.get(one.text, one.text)
        copied += one.text in words
        # To the last bit: the same numbers come to the network in the same order, whatever the names. Only of
        # a word that can be said too is that chance added, and a stranger in its place cannot be said.
        can_be_said = one.text in words and one.text in lexicon.answers
        assert other.probability <= one.probability if can_be_said else other.probability == one.probability
    assert len(TEST) > copied > len(TEST) / 2


def test_a_story_with_other_names_is_read_to_the_same_scores():
    """Exactly: symbols are numbered as they are told, so that names never reach the network."""
    lexicon, network = untrained()
    rng = random.Random(0)
    people, places = ["Mary", "John", "Sandra", "Daniel"], ["garden", "kitchen", "office", "hallway"]
    for story in (story for story in TEST if story.task == "1"):
        names = dict(zip(people, rng.sample(people, 4))) | dict(zip(places, rng.sample(places, 4)))
        one, other = (
            network(network.tensors([said], lexicon).batch(np.array([0]))).scores
            for said in (renamed(story, {}), renamed(story, names))
        )
        assert torch.equal(one, other)


def test_facts_told_one_by_one_are_the_story_told_at_once(net):
    for story in TEST[::25]:
        telling = net.story()
        for fact in story.facts:
            telling.tell(fact)
        at_once, one_by_one = net.answer([story])[0], telling.ask(story.question)
        assert one_by_one.text == at_once.text
        assert one_by_one.probability == pytest.approx(at_once.probability, abs=1e-5)


def test_a_question_sees_no_later_fact(net):
    told = net.story()
    told.tell("Mary went to the garden.")
    before = told.ask("Where is Mary?")
    memory, words = told.memory(), told._words.copy()
    told.tell("Mary went to the office.")
    assert told.ask("Where is Mary?").text == "office"
    after = net.readers[""].network.answer(memory, words, "Where is Mary?")
    assert words.say(after.scores[0])[0] == before.text == "garden"


def test_deleting_the_evidence_changes_the_answer_more_than_deleting_other_facts(net):
    named, others = [], []
    for story in (story for story in TEST if story.task == "1" and len(story.facts) > 3):
        answer = net.answer([story])[0]
        last = max(e.hop for e in answer.evidence)
        best = next(e.position for e in answer.evidence if e.hop == last)
        for gone in range(len(story.facts)):
            facts = story.facts[:gone] + story.facts[gone + 1 :]
            left = net.answer([replace(story, facts=facts, supporting=(), candidates=(answer.text,))])[0]
            free = net.answer([replace(story, facts=facts, supporting=())])[0]
            lost = answer.probability - (left.probability if free.text == answer.text else 0.0)
            (named if gone == best else others).append(lost)
    assert np.mean(named) > 0.5 > 0.1 > np.mean(others)


def test_padding_changes_no_answer():
    lexicon, network = untrained()
    stories = [TEST[0], *sorted(TEST, key=lambda story: -len(story.facts))[:3]]
    together = network.tensors(stories, lexicon).batch(np.arange(4))
    alone = network.tensors(stories[:1], lexicon).batch(np.array([0]))
    both, one = (network.measure(batch)[0] for batch in (together, alone))
    torch.testing.assert_close(both[:1], one)


def test_an_empty_story_has_an_answer_and_finite_gradients():
    lexicon, network = untrained()
    batch = network.tensors([Story((), "Where is Mary?", ("garden",))], lexicon).batch(np.array([0]))
    network.train().losses(batch).sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


def test_where_answers_are_known_by_name_the_word_matters(net):
    """'Tired' goes to the bedroom, which no story says: the word keeps its meaning in that question."""
    symbols = net.readers[""].vocabulary.symbols
    assert symbols.by_name["where will * go"]
    story = net.story()
    story.tell("Sumit is tired.")
    assert story.ask("Where will Sumit go?").text == "bedroom"


def test_plurals_are_answered_in_the_singular_also_of_words_never_seen(net):
    story = net.story()
    story.tell("Mice are afraid of blicks.", "Wolves are afraid of cats.", "Gertrude is a mouse.")
    assert story.ask("What is Gertrude afraid of?").text == "blick"


@pytest.mark.parametrize(
    "setting",
    [
        {"dim": 0},
        {"hops": 0},
        {"heads_soft": -1},
        {"capacity": 0},
        {"nameless": 1.0},
        {"pairs": -1},
        {"asked": -1.0},
        {"space": -1},
    ],
)
def test_impossible_settings_are_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting)).partition("_")[0]):
        SymbolMemoryNetwork(**setting)


def test_capacity_keeps_the_newest_facts():
    lexicon, network = untrained(settings=replace(SMALL, capacity=2))
    story = next(story for story in TEST if len(story.facts) > 2)
    short = replace(story, facts=story.facts[-2:], supporting=())
    one, other = (
        network.measure(network.tensors([some], lexicon).batch(np.array([0])))[0] for some in (story, short)
    )
    torch.testing.assert_close(one, other)


def measured(network, lexicon, story):
    loss, right = network.measure(network.tensors([story], lexicon).batch(np.array([0])))
    return loss.item(), right.item()


def test_a_list_takes_a_hop_of_the_question_an_item():
    lexicon, network = untrained(replace(SMALL, items=4))
    story = replace(TEST[0], answer=("garden", "office", "hallway"))
    batch = network.tensors([story], lexicon).batch(np.array([0]))
    scores, hops = network.read(*network._written(batch), items=4)
    assert scores.shape[1] == 4
    assert [hop.nodes.states.shape[1] for hop in hops] == [1 + len(story.facts)] * 2 + [1] * 4
    first, _ = network.read(*network._written(batch), items=1)
    torch.testing.assert_close(scores[:, :1], first)  # what is said first does not rest on what follows


def test_an_answer_longer_than_the_items_allowed_is_wrong_and_answering_ends():
    lexicon, network = untrained(replace(SMALL, items=2))
    assert not measured(network, lexicon, replace(TEST[0], answer=("garden", "office", "hallway")))[1]
    with torch.no_grad():
        network.response.say.bias[0] = -1e9  # never says that it has ended
    assert network(network.tensors(TEST[:3], lexicon).batch(np.arange(3))).scores.shape[1] == 3


def test_it_starts_from_another_network_with_the_words_that_both_know():
    lexicon, first = untrained()
    own = Lexicon.of_stories([story for story in TRAIN if story.task == "20"])
    torch.manual_seed(1)
    network = SMALL.build(*own.sizes)
    fresh = network.input_map.table.detach().clone()
    begin_with(first, network, lexicon, own)
    assert torch.equal(network.output_map.mix[0].weight, first.output_map.mix[0].weight)
    for word in own.words:
        known = word in lexicon.words
        expected = first.input_map.table[lexicon.id(word)] if known else fresh[own.id(word)]
        assert torch.equal(network.input_map.table[own.id(word)], expected)
    assert torch.equal(
        network.response.say.bias[own.answer_id("hungry")],
        first.response.say.bias[lexicon.answer_id("hungry")],
    )


def test_supporting_facts_can_be_asked_for():
    lexicon, network = untrained(replace(SMALL, supporting=1.0))
    longest = sorted(TEST, key=lambda story: -len(story.facts))[:8]
    batch = network.tensors(longest, lexicon).batch(np.arange(8))
    plain, asked = network.measure(batch)[0], network.losses(batch)
    named = [hop.weights for hop in network.read(*network._written(batch), items=2)[1]]
    torch.testing.assert_close(asked - plain, unread_losses(named, batch.supporting))
    for row, story in zip(batch.supporting, longest):
        missing = batch.mask.shape[1] - len(story.facts)
        assert [slot - missing for slot in row.tolist() if slot >= 0] == list(story.supporting)


def test_with_names_read_everywhere_names_matter_and_nothing_need_be_copied():
    """The ablations: symbols that do not trade places, and answers that are said."""
    lexicon = Lexicon.of_stories(TRAIN, always_by_name=True)
    network = replace(SMALL, by_name=True, copying=False).build(*lexicon.sizes).eval()
    story = next(story for story in TEST if story.task == "1")
    one = network.tensors([renamed(story, {})], lexicon).batch(np.array([0]))
    assert (one.copied == -1).all() and lexicon.answers[one.answer[0, 0]] == story.answer[0]
    names = {"Mary": "John", "John": "Mary", "Sandra": "Daniel", "Daniel": "Sandra"}
    other = network.tensors([renamed(story, names)], lexicon).batch(np.array([0]))
    assert not torch.equal(network(one).scores[..., :2], network(other).scores[..., :2])


def test_among_many_facts_evidence_is_looked_for_where_reading_spoke_for_the_answer(net):
    """Of 120 facts fewer are hidden than there are."""
    story = net.story()
    story.tell("Mary went to the garden.", *["John went to the office.", "Daniel went to the kitchen."] * 60)
    answer = story.ask("Where is Mary?")
    assert answer.text == "garden"
    assert max(answer.evidence, key=lambda found: found.weight).position == 0


def test_what_it_says_may_be_learnt_from():
    lexicon, network = untrained()
    batch = network.tensors(TEST[:4], lexicon).batch(np.arange(4))
    said = network(batch).scores
    wanted = torch.zeros_like(said, requires_grad=True)
    (said * wanted).sum().backward()
    assert wanted.grad is not None and not said.requires_grad


def test_what_training_makes_small_is_the_mean_over_the_answers_of_a_reading(monkeypatch):
    lexicon, network = untrained(replace(SMALL, nameless=0.0))
    batch = network.train().tensors(TEST[:8], lexicon).batch(np.arange(8))

    def losses(*stops):
        monkeypatch.setattr(network._rounds, "draw", lambda: Rounds(stops))
        return network.losses(batch)

    torch.testing.assert_close(losses(2, 7), (losses(2) + losses(7)) / 2)
