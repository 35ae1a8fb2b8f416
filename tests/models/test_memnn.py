import dataclasses
import re

import numpy as np
import pytest
import torch

from memnn.models.memnn import MemNN
from memnn.output_map.hashing import Buckets
from memnn.story import Story
from memnn.text.batches import StoryTensors, cut_batches
from memnn.text.tokenizer import fold
from memnn.text.vocabulary import Vocabulary, answer_words
from memnn.training.restarts import Restarts

NAMES, PLACES, THINGS = ("Mary", "John", "Ann"), ("kitchen", "garden", "office", "park"), ("apple", "ball")


def where_is(count, seed=0):
    """A made task: where someone is (one supporting fact), or a thing that was taken (two of them)."""
    rng = np.random.default_rng(seed)
    stories = []
    while len(stories) < count:
        facts, at, holder = [], {}, {}
        for _ in range(7):
            name, index = str(rng.choice(NAMES)), len(facts)
            if name in at and rng.random() < 0.4:
                thing = str(rng.choice(THINGS))
                facts.append(f"{name} took the {thing}.")
                holder[thing] = (name, index)
            else:
                place = str(rng.choice(PLACES))
                facts.append(f"{name} went to the {place}.")
                at[name] = (place, index)
        name = str(rng.choice(list(at)))
        stories.append(Story(tuple(facts), f"Where is {name}?", (at[name][0],), (at[name][1],)))
        for thing, (name, index) in holder.items():
            place, moved = at[name]
            stories.append(Story(tuple(facts), f"Where is the {thing}?", (place,), (index, moved)))
    return stories[:count]


STORIES = where_is(600)
VOCABULARY = Vocabulary.of_stories(STORIES)
FRESH = StoryTensors(where_is(200, seed=1), VOCABULARY).batch(np.arange(200))
ODD = [
    *where_is(5),
    Story((), "Where is Mary?", ("park",)),
    Story(("Mary went to the moon.",), "Where?", ("moon",)),
]
SETTINGS = [
    MemNN(hops=2),
    MemNN(hops=3, ngrams=3, nonlinear=True, match="features", pair_words=6, unseen=0.2),
    MemNN(hops=2, adaptive=False, unseen=0.5, capacity=3),
    MemNN(hops=2, match="features", response="lstm", unseen=0.3),
    MemNN(hops=2, adaptive=False, time=False, match="score", response="lstm", pairs="both", capacity=4),
    MemNN(hops=2, hashing="words", look_at=3),
    MemNN(hops=2, hashing="clusters", clusters=5, unseen=0.5, capacity=5),
]


def batch_of(stories, config):
    strangers = config.build(len(VOCABULARY)).strangers
    return StoryTensors(stories, VOCABULARY, config.capacity, strangers).batch(np.arange(len(stories)))


def trained(config, stories, epochs=8, vocabulary=VOCABULARY):
    network = config.build(len(vocabulary))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    tensors, rng = StoryTensors(stories, vocabulary, config.capacity), np.random.default_rng(0)
    for _ in range(epochs):
        for batch in cut_batches(tensors, 32, rng):
            loss = network.losses(batch).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network.eval()


def accuracy(network, batch):
    return float(network.measure(batch)[1].float().mean())


def test_learns_a_chain_of_two_hops_and_fails_without_its_memory():
    network = trained(MemNN(dim=20, hops=3), STORIES)
    assert accuracy(network, FRESH) > 0.95
    cut = dataclasses.replace(FRESH, mask=torch.zeros_like(FRESH.mask))
    assert accuracy(network, cut) < 0.6
    read = torch.stack([reading.weights for reading in network(FRESH).trace], 1)
    slots = torch.where(read.any(-1), read.argmax(-1), -1)
    wanted = torch.nn.functional.pad(FRESH.supporting, (0, 1), value=-1)
    assert (slots == wanted).all(-1).float().mean() > 0.9  # evidence: the supporting facts, then a stop


@pytest.mark.parametrize(("hashing", "look_at", "most"), [("words", 4, 5), ("clusters", 100, 7)])
def test_hashed_it_looks_at_facts_of_its_buckets_and_answers(hashing, look_at, most, monkeypatch):
    network = trained(MemNN(dim=20, hops=3, hashing=hashing, look_at=look_at, clusters=14), STORIES)
    counts = []
    open_buckets = Buckets.open
    monkeypatch.setattr(
        Buckets, "open", lambda *call: counts.append(len(found := open_buckets(*call))) or found
    )
    assert accuracy(network, FRESH) > 0.85
    assert 0 < np.mean(counts) < most  # of seven


def test_without_time_it_cannot_tell_which_move_was_last():
    assert accuracy(trained(MemNN(dim=20, hops=3, time=False), STORIES, epochs=5), FRESH) < 0.9


def in_sentences(story):
    """The story with an answer of two, three or five words, by what was told."""
    (place,), asked = story.answer, story.question.rstrip("?").split()[-1]
    if asked in NAMES:
        return dataclasses.replace(story, answer=(f"{asked} is in the {place}",))
    return dataclasses.replace(
        story, answer=(f"In the {place}." if place in PLACES[:2] else f"{place} outside",)
    )


def test_the_lstm_learns_to_answer_in_sentences_and_fails_without_its_memory():
    told, fresh = ([in_sentences(story) for story in where_is(n, seed)] for n, seed in ((900, 0), (200, 1)))
    vocabulary = Vocabulary.of_stories(told, written=True)
    assert {len(answer_words(story.answer)) for story in told} == {2, 3, 5}
    network = trained(MemNN(dim=20, hops=3, response="lstm"), told, epochs=14, vocabulary=vocabulary)
    batch = StoryTensors(fresh, vocabulary).batch(np.arange(len(fresh)))
    assert accuracy(network, batch) > 0.9
    written = network(batch).written
    said = [vocabulary.sentence(row) for row in written.tolist()]
    right = [fold(one) == fold(story.answer[0]) for one, story in zip(said, fresh)]
    assert sum(right) / len(fresh) > 0.9
    cut = dataclasses.replace(batch, mask=torch.zeros_like(batch.mask))
    assert accuracy(network, cut) < 0.5


@pytest.mark.parametrize("config", SETTINGS, ids=range(len(SETTINGS)))
def test_losses_and_gradients_are_finite_on_odd_stories(config):
    network, batch = config.build(len(VOCABULARY)), batch_of(ODD, config)
    losses = network.losses(batch)
    assert losses.shape == (len(ODD),)
    losses.sum().backward()
    for parameter in network.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()
    losses, right = network.eval().measure(batch)
    assert losses.isfinite().all()
    if not network.strangers:
        assert not right[-1]  # an answer never seen


@pytest.mark.parametrize("config", SETTINGS[:-2], ids=range(len(SETTINGS) - 2))
def test_restarts_side_by_side_are_the_networks_alone(config):
    networks = [config.build(len(VOCABULARY)).eval() for _ in range(2)]
    batch = batch_of(ODD, config)
    restarts = Restarts(networks).eval()
    losses, right = restarts.call("measure", batch)
    for network, its_losses, its_right in zip(networks, losses, right):
        torch.testing.assert_close(network.measure(batch)[0], its_losses)
        assert torch.equal(network.measure(batch)[1], its_right)
    restarts.train()(batch).sum().backward()


@pytest.mark.parametrize("config", SETTINGS, ids=range(len(SETTINGS)))
def test_told_fact_by_fact_it_answers_as_from_the_whole_story(config):
    network, story = config.build(len(VOCABULARY)).eval(), STORIES[0]
    batch = batch_of([story], config)
    memory = network.begin()
    for words in batch.facts[batch.slots[0]]:
        memory = network.tell(memory, words[None])
    torch.testing.assert_close(network.ask(memory, batch.question).scores, network(batch).scores)


RENAMED = {
    **dict(zip(NAMES, ("Zita", "Yuri", "Xaver"))),
    **dict(zip(PLACES, ("quay", "dome", "reef", "gorge"))),
    **dict(zip(THINGS, ("lute", "orb"))),
}


def renamed(story, only=tuple(RENAMED)):
    """The story with words never seen in training."""

    def with_others(text):
        return re.sub(r"\w+", lambda word: RENAMED[word[0]] if word[0] in only else word[0], text)

    facts = tuple(map(with_others, story.facts))
    answer = tuple(map(with_others, story.answer))
    return dataclasses.replace(story, facts=facts, question=with_others(story.question), answer=answer)


STRANGE = MemNN(dim=20, hops=3, match="features", unseen=0.3)


def test_learns_to_answer_with_words_never_seen_and_fails_without_its_memory():
    network = trained(STRANGE, STORIES, epochs=12)
    strange = batch_of([renamed(story) for story in where_is(200, seed=1)], STRANGE)
    assert (strange.answer >= len(VOCABULARY)).all()
    assert accuracy(network, FRESH) > 0.95
    assert accuracy(network, strange) > 0.9
    cut = dataclasses.replace(strange, mask=torch.zeros_like(strange.mask))
    assert accuracy(network, cut) == 0


def test_words_are_taken_for_unseen_in_training_alone(monkeypatch):
    network, batch = STRANGE.build(len(VOCABULARY)), batch_of(STORIES[:8], STRANGE)
    seen = network.eval().losses(batch)
    assert torch.equal(network.losses(batch), seen)
    assert any(not torch.equal(network.train().losses(batch), seen) for _ in range(5))
    monkeypatch.setattr("memnn.models.memnn.draw_unseen", lambda vocab, *_: torch.zeros(vocab).bool())
    torch.testing.assert_close(network.losses(batch), seen)


@pytest.mark.parametrize("matching", ["score", "features"])
def test_a_word_taken_for_unseen_is_as_one_never_seen(monkeypatch, matching):
    """What O and R make of stories whose words are drawn, and of the same stories with other words."""
    config, only = dataclasses.replace(STRANGE, match=matching), ("Mary", "kitchen", "park", "apple")
    network = config.build(len(VOCABULARY))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.3)
    drawn = torch.zeros(len(VOCABULARY), dtype=torch.bool)
    drawn[VOCABULARY.ids([word.lower() for word in only])] = True
    monkeypatch.setattr("memnn.models.memnn.draw_unseen", lambda *_: drawn)
    heard = []
    losses = network.response.losses
    monkeypatch.setattr(
        network.response,
        "losses",
        lambda *asked: (heard.append(network.response(*asked[:2])), losses(*asked) * 0)[1],
    )
    batch = batch_of(STORIES[:20], config)
    pretended = network.train().losses(batch)
    other = batch_of([renamed(story, only) for story in STORIES[:20]], config)
    torch.testing.assert_close(pretended, network.eval().losses(other))
    one, another = heard
    torch.testing.assert_close(one[:, : len(VOCABULARY)], another[:, : len(VOCABULARY)])
    strangers = [scores[:, len(VOCABULARY) :].sort(1).values for scores in (one, another)]
    torch.testing.assert_close(*strangers)
    assert (strangers[0] > -1e9).any(1).all()


def test_a_supporting_fact_behind_a_forgotten_one_was_not_read():
    network, batch = STRANGE.build(len(VOCABULARY)).eval(), batch_of(STORIES[:8], STRANGE)
    with torch.no_grad():
        network.response.roles.normal_()
    none, newest = torch.full((8, 2), -1), batch.mask.shape[1] - 1
    behind = torch.stack([none[:, 0], none[:, 0] + 1 + newest], 1)
    losses = [
        network.losses(dataclasses.replace(batch, supporting=read)) for read in (none, behind, behind.flip(1))
    ]
    torch.testing.assert_close(losses[0], losses[1])
    assert not torch.isclose(losses[0], losses[2]).any()


def test_what_was_read_is_what_training_says_was_read():
    network, batch = trained(STRANGE, STORIES, epochs=1), batch_of(STORIES[:50], STRANGE)
    with torch.no_grad():
        network.response.roles.normal_()
    said, heard, rank = network(batch), [], network.response.losses
    read = torch.stack([reading.weights for reading in said.trace], 1)
    network.response.losses = lambda state, story, *answer: (
        heard.append(network.response(state, story)),
        rank(state, story, *answer),
    )[1]
    slots = torch.where(read.any(-1), read.argmax(-1), -1)
    network.losses(dataclasses.replace(batch, supporting=slots))
    assert len(slots.unique(dim=0)) > 5
    torch.testing.assert_close(heard[0], said.scores)


def test_without_unseen_words_in_training_no_stranger_is_told_apart():
    network = MemNN(match="features").build(len(VOCABULARY))
    assert network.strangers == 0
    assert MemNN(unseen=0.1).build(40).strangers == 100
    assert MemNN(unseen=0.1).build(400).strangers == 400


def test_the_loss_is_that_of_the_facts_and_of_the_answer():
    config = MemNN(hops=3)
    network, batch = config.build(len(VOCABULARY)), batch_of(STORIES[:8], config)
    memory, query = network.write(batch), network.input_map.encode_question(batch.question)
    facts, state = network.output_map.follow(memory, query, batch.supporting)
    expected = facts + network.response.losses(state, batch.answer)
    torch.testing.assert_close(network.losses(batch), expected)
    torch.testing.assert_close(network.measure(batch)[0], expected)
    assert (facts > 0).all() and (expected > facts).all()


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: 0} for name in ("dim", "hops", "ngrams", "buckets", "capacity")),
        *({name: -1.0} for name in ("ngram_weight", "margin", "init")),
        {"pair_words": -1},
        {"margin": float("nan")},
        {"ngram_weight": float("inf")},
        {"unseen": 1.5},
    ],
)
def test_refuses_numbers_out_of_range(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MemNN(**wrong)
