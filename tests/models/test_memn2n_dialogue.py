import numpy as np
import pytest
import torch
from text.test_replies import ONE, TWO

from memnn.models.memn2n_dialogue import MemN2NDialogue
from memnn.text.replies import ReplyTensors, ReplyVocabulary

VOCABULARY = ReplyVocabulary.of_dialogues([ONE, TWO])


def naive(net, batch, row):
    """The equations for one reply: turn by turn, candidate by candidate."""

    def bag(words, table):
        return sum((table[word] for word in words.tolist() if word), torch.zeros(table.shape[1]).double())

    turns, count = batch.turns, batch.turns.mask.shape[1]
    state = bag(turns.question[row], net.table)
    facts = [
        bag(turns.facts[turns.slots[row, slot]], net.table) + net.time[count - 1 - slot]
        for slot in range(count)
        if turns.mask[row, slot]
    ]
    for _ in range(net.hops):
        if facts:
            weights = torch.stack([state @ fact for fact in facts]).softmax(0)
            state = state + sum(p * fact for p, fact in zip(weights, facts)) @ net.turn
    scores = []
    for words, entities in zip(batch.candidates.words, batch.candidates.entities.tolist()):
        reply = bag(words, net.replies)
        for entity in entities:
            if entity >= 0 and batch.present[row, entity] and net.types is not None:
                reply = reply + net.types[batch.candidates.types[entity]]
        scores.append(state @ reply)
    return torch.stack(scores)


@pytest.mark.parametrize("match", [False, True])
def test_is_the_equations_with_their_gradients(match):
    net = MemN2NDialogue(dim=4, hops=2, match=match, init=0.5).build(*VOCABULARY.sizes).double()
    batch = ReplyTensors([ONE, TWO], VOCABULARY).batch(np.arange(3))
    ours, allowed = net(batch).scores, batch.candidates.lists[batch.list]
    theirs = torch.stack([naive(net, batch, row) for row in range(3)])
    torch.testing.assert_close(ours[allowed], theirs[allowed])
    assert (ours[~allowed] < -1e30).all()
    leaves = list(net.parameters())
    for mine, other in zip(
        torch.autograd.grad(ours[allowed].sin().sum(), leaves),
        torch.autograd.grad(theirs[allowed].sin().sum(), leaves),
    ):
        torch.testing.assert_close(mine, other)


def test_a_reply_that_is_no_candidate_is_wrong_and_costs_nothing():
    net = MemN2NDialogue(dim=4).build(*VOCABULARY.sizes)
    tensors = ReplyTensors([ONE], VOCABULARY)
    tensors._answer[:] = -1
    losses, right = net.measure(tensors.batch(np.arange(2)))
    assert not losses.any() and not right.any()


def test_says_a_candidate_with_the_turns_it_read():
    net = MemN2NDialogue(dim=4).build(*VOCABULARY.sizes)
    reply = net.reply(ReplyTensors([ONE], VOCABULARY), np.array([1]), evidence=True)[0]
    assert reply.text in ONE.candidates
    assert {used.fact for used in reply.evidence} <= {event.text for event in ONE.events[:3]}
    with pytest.raises(ValueError, match="hops must be at least 1"):
        MemN2NDialogue(hops=0)
