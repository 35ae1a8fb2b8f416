import dataclasses

import numpy as np
import pytest
import torch

from memnn.input_map.bags import Layout
from memnn.input_map.match import shared_strangers
from memnn.memory import SharedMemory
from memnn.output_map.hard_chain import HardChain
from memnn.output_map.hard_read import Scores, hard_read, hop_losses
from memnn.output_map.hashing import ClusterHash, WordHash
from memnn.text.vocabulary import UNKNOWN

VOCAB, DIM, WORDS, STRANGERS = 6, 3, 4, 2


def random_memory(layout):
    facts = torch.randn(4, 5 * DIM, dtype=torch.float64)
    sets, words = (
        (torch.rand(4, layout.sets) < 0.5).double(),
        torch.randint(0, max(VOCAB, layout.sets), (4, layout.words)).double(),
    )
    facts = torch.cat([facts, sets, words], 1).requires_grad_()
    slots = torch.tensor([[0, 1, 2, 0], [3, 3, 1, 3], [0, 0, 0, 0]])
    mask = torch.tensor([[True] * 4, [False, False, True, True], [False] * 4])
    return SharedMemory(facts, facts, slots, mask)


def random_query(layout):
    sets, words = (
        (torch.rand(3, layout.sets) < 0.5).double(),
        torch.randint(0, max(VOCAB, layout.sets), (3, layout.words)).double(),
    )
    return torch.cat([torch.randn(3, 2 * DIM).double(), sets, words], 1)


def naive_chain(chain, memory, query, row, path):
    """Sections 3.1 and 3.6 for one story, sums of vectors as written: each hop's scores, then R's query.

    `path` gives the slot to read after each hop.
    """
    stop, sets = memory.mask.shape[1], slice(5 * DIM, 5 * DIM + chain.layout.sets)
    fact = [memory.keys[i] for i in memory.slots[row]]
    asked, question_set = query[row, : 2 * DIM], query[row, 2 * DIM : 2 * DIM + chain.layout.sets]
    read, scored = [], []

    def state():
        vector = asked + sum((fact[i][DIM : 3 * DIM] for i in read), torch.zeros(2 * DIM).double())
        return vector + fact[read[-1]][3 * DIM : 5 * DIM] if read else vector

    for slot in path:
        u = chain.asked(state()[None, :DIM])[0]
        gains = [u @ chain.candidate(f[None, :DIM])[0] for f in fact] + [u @ chain.candidate(chain.stop)[0]]
        if chain.match is not None:
            told = question_set + sum(fact[i][sets] for i in read)
            for i, f in enumerate(fact):
                for word in range(len(told)):
                    if told[word] > 0 and f[sets][word] > 0:
                        weight = chain.match.weight
                        gains[i] = gains[i] + (
                            weight[0] if weight.dim() == 1 else u @ weight[min(word, VOCAB)]
                        )
                if chain.match.sides is not None:
                    order, said = f[None, sets.stop :].long(), told[None].clamp(max=1)
                    gains[i] = gains[i] + shared_strangers(u[None] @ chain.match.sides.T, said, order)[0, 0]
        mask = [bool(memory.mask[row, i]) and i not in read for i in range(stop)]
        mask.append(chain.adaptive or not any(mask))
        times = torch.zeros(3).double() if chain.time is None else torch.stack([u @ t for t in chain.time])
        read_at = torch.tensor([read[-1] if read else stop])
        scored.append(Scores(torch.stack(gains)[None], times[None], read_at, torch.tensor([mask])))
        if slot == stop:
            break
        read.append(slot)
    out = state()[DIM:]
    if chain.marked is not None:
        words = query[row : row + 1, 2 * DIM + chain.layout.sets :].long()
        for i in read:
            told = fact[i][None, 5 * DIM + chain.layout.sets :].long()
            out = out + chain.marked(words[:, : chain.pair_words], told[:, : chain.pair_words])[0]
    return scored, out


def build(words=0, strangers=0, **options):
    layout = Layout(DIM, VOCAB + strangers if "matching" in options else 0, words)
    chain = HardChain(VOCAB, layout, 3, **options).double()
    with torch.no_grad():
        for parameter in chain.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return chain


OPTIONS = [
    {},
    {"adaptive": False, "time": False},
    {"nonlinear": True, "pairs": "both"},
    {"matching": "score"},
    {"matching": "features", "nonlinear": True, "words": WORDS, "pair_words": WORDS},
    {"matching": "features", "words": WORDS, "strangers": STRANGERS, "pair_words": WORDS - 1},
    {"matching": "score", "words": WORDS, "strangers": STRANGERS},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_following_the_supporting_facts_matches_the_equations_and_their_gradients(options):
    chain = build(**options)
    memory, query = random_memory(chain.layout), random_query(chain.layout)
    supporting = torch.tensor([[2, 0], [3, -1], [-1, -1]])
    losses, state = chain.follow(memory, query, supporting)
    expected, states = [], []
    for row, path in enumerate([(2, 0, 4), (3, 4), (4,)]):
        path = path if chain.adaptive else path[:-1]
        scored, out = naive_chain(chain, memory, query, row, path)
        hops = [
            hop_losses(s, torch.tensor([slot]), chain.margin, chain.pairs)[0] for s, slot in zip(scored, path)
        ]
        expected.append(sum(hops, torch.zeros(()).double()))
        states.append(out)
    torch.testing.assert_close(losses, torch.stack(expected))
    torch.testing.assert_close(state, torch.stack(states))
    leaves = [memory.keys, *(parameter for parameter in chain.parameters() if parameter.dim() > 1)]
    ours = torch.autograd.grad(losses.sum() + state.sin().sum(), leaves, allow_unused=True)
    total = torch.stack(expected).sum() + torch.stack(states).sin().sum()
    for a, b in zip(ours, torch.autograd.grad(total, leaves, allow_unused=True)):
        a, b = (torch.zeros(4, 5 * DIM).double() if g is None else g for g in (a, b))
        torch.testing.assert_close(a[:, : 5 * DIM], b[:, : 5 * DIM])  # the sets behind are no vectors


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_reading_takes_the_best_slot_of_each_hop(options):
    for _ in range(20):
        chain = build(**options)
        memory, query = random_memory(chain.layout), random_query(chain.layout)
        state, trace = chain(memory, query)
        for row in range(3):
            path = []
            for _ in range(3):
                scored, _ = naive_chain(chain, memory, query, row, [*path, 4])
                slot = int(hard_read(scored[-1]))
                path.append(slot)
                if slot == 4:
                    break
            _, out = naive_chain(chain, memory, query, row, path)
            torch.testing.assert_close(state[row], out)
            for hop, reading in enumerate(trace):
                one = [float(hop < len(path) and path[hop] == slot) for slot in range(4)]
                assert reading.weights[row].tolist() == one


CLUSTER = [0, 0, 1, 1, 2, 3]  # of each word, the first two of which are no words
HASHES = {
    "words": (lambda: WordHash, range(VOCAB)),
    "clusters": (lambda: lambda: ClusterHash(np.array(CLUSTER)[:, None]), CLUSTER),
}


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("adaptive", [True, False])
def test_hashed_it_takes_the_best_of_the_facts_that_share_a_bucket(name, adaptive):
    new_hash, bucket = HASHES[name]
    fewer = 0

    def buckets(words):
        return {bucket[word] for word in words.long().tolist() if word > UNKNOWN}

    for _ in range(40):
        chain = build(words=WORDS, adaptive=adaptive, new_hash=new_hash).eval()
        memory, query = random_memory(chain.layout), random_query(chain.layout)
        _, trace = chain(memory, query)
        for row in range(3):
            said, path = query[row, 2 * DIM :], []
            for reading in trace:
                scored, _ = naive_chain(chain, memory, query, row, [*path, 4])
                mask = scored[-1].mask.clone()
                told = [memory.keys[i, 5 * DIM :] for i in memory.slots[row]]
                alike = torch.tensor([bool(buckets(words) & buckets(said)) for words in told])
                if (mask[0, :4] & alike).any():
                    mask[0, :4] &= alike
                    fewer += int(mask.sum() < scored[-1].mask.sum())
                slot = int(hard_read(dataclasses.replace(scored[-1], mask=mask)))
                assert reading.weights[row].tolist() == [float(slot == i) for i in range(4)]
                if slot == 4:
                    break
                path.append(slot)
                said = torch.cat([said, told[slot]])
    assert fewer > 20


def test_it_learns_without_hashing():
    differ = 0
    for _ in range(20):
        chain = build(words=WORDS, new_hash=HASHES["words"][0])
        memory, query = random_memory(chain.layout), random_query(chain.layout)
        hashed, in_training = chain.eval()(memory, query)[0], chain.train()(memory, query)[0]
        chain.new_hash = None
        assert torch.equal(in_training, chain.eval()(memory, query)[0])
        differ += not torch.equal(hashed, in_training)
    assert differ


def test_padding_changes_nothing():
    chain = build(nonlinear=True)
    memory, query = random_memory(chain.layout), random_query(chain.layout)
    front = torch.zeros(3, 2, dtype=torch.long)
    padded = SharedMemory(
        memory.keys,
        memory.values,
        torch.cat([front, memory.slots], 1),
        torch.cat([front.bool(), memory.mask], 1),
    )
    torch.testing.assert_close(chain(padded, query)[0], chain(memory, query)[0])
    supporting = torch.tensor([[2, 0], [3, -1], [-1, -1]])
    moved = supporting.where(supporting < 0, supporting + 2)
    torch.testing.assert_close(chain.follow(padded, query, moved), chain.follow(memory, query, supporting))


def test_a_chain_that_may_not_stop_reads_as_many_facts_as_it_has_hops():
    chain = build(adaptive=False)
    _, trace = chain(random_memory(chain.layout), random_query(chain.layout))
    read = torch.stack([reading.weights for reading in trace]).sum(0)
    assert read.sum(-1).tolist() == [3, 2, 0]  # the second story has two facts, the third none
    assert read.max() == 1  # none twice


def test_no_memory_at_all():
    chain, facts = build(), torch.zeros(0, 5 * DIM).double()
    slots = torch.zeros(2, 0, dtype=torch.long)
    query = random_query(chain.layout)[:2]
    state, trace = chain(SharedMemory(facts, facts, slots, slots.bool()), query)
    torch.testing.assert_close(state, query[:, DIM:])
    assert [reading.weights.shape for reading in trace] == [(2, 0)] * 3
