import math

import torch

from memnn.generalization import append_words
from memnn.generalization.append_words import AppendWords
from memnn.memory import WordMemory
from memnn.output_map import cache_read
from memnn.output_map.cache_read import CacheRead, cache_weights


def random_text(words=7, dim=3):
    return torch.randn(words, dim, dtype=torch.float64), torch.randint(0, 4, (words,))


def naive(states, keys, before, flatness, capacity, decay=0.0):
    """Section 3 as loops, older slots counting less."""
    rows = []
    for h, n in zip(states, before.tolist()):
        seen = [i for i in range(len(keys)) if i < n and (capacity is None or i >= n - capacity)]
        far = {i: max(0.0, math.log((n - i) / cache_read.SLOTS)) for i in seen}
        exps = {i: math.exp(flatness * float(h @ keys[i]) - decay * far[i]) for i in seen}
        rows.append([exps.get(i, 0.0) / (sum(exps.values()) or 1.0) for i in range(len(keys))])
    return torch.tensor(rows, dtype=torch.float64)


def test_weights_are_the_equation():
    keys, words = random_text()
    memory = AppendWords().write(WordMemory(), keys, words)
    states, before = torch.randn(4, 3, dtype=torch.float64), torch.tensor([0, 1, 4, 7])
    flatness = torch.tensor(0.5, dtype=torch.float64)
    for capacity in (None, 1, 3, 100):
        ours = cache_weights(states, memory, before, flatness, capacity)
        torch.testing.assert_close(ours, naive(states, keys, before, 0.5, capacity))


def test_gradients_of_the_query_are_the_equations():
    keys, words = random_text()
    memory = AppendWords().write(WordMemory(), keys, words)
    before = torch.tensor([2, 7])
    flatness = torch.tensor(0.5, dtype=torch.float64)
    states = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: cache_weights(s, memory, before, flatness, 3), states)


def test_an_empty_memory_reads_zeros():
    keys, words = random_text(2)
    memory = AppendWords().write(WordMemory(), keys, words)
    weights = cache_weights(keys, memory, torch.tensor([0, 0]), torch.tensor(1.0, dtype=torch.float64))
    assert torch.equal(weights, torch.zeros(2, 2, dtype=torch.float64))


def test_slots_of_long_ago_count_less(monkeypatch):
    monkeypatch.setattr(cache_read, "SLOTS", 3)
    keys, words = random_text(12)
    cache, before = CacheRead().double(), torch.tensor([0, 1, 3, 6, 12])
    cache.flatness.data.fill_(0.5)
    cache.decay.data.fill_(1.5)
    states, memory = torch.randn(5, 3, dtype=torch.float64), AppendWords().write(WordMemory(), keys, words)
    for capacity in (None, 2, 5):
        ours = cache(states, memory, before, capacity)
        torch.testing.assert_close(ours, naive(states, keys, before, 0.5, capacity, 1.5))


def test_several_settings_at_once_are_each_alone(monkeypatch):
    monkeypatch.setattr(cache_read, "SLOTS", 3)
    keys, words = random_text(9)
    memory, before = AppendWords().write(WordMemory(), keys, words), torch.tensor([0, 4, 9])
    states, tried = torch.randn(3, 3, dtype=torch.float64), [(0.5, 0.0), (0.2, 1.5), (2.0, 3.0)]
    flatness, decay = torch.tensor(tried, dtype=torch.float64).unbind(1)
    ours = cache_weights(states, memory, before, flatness, decay=decay)
    for weights, (theta, gamma) in zip(ours, tried, strict=True):
        torch.testing.assert_close(weights, naive(states, keys, before, theta, None, gamma))


def test_mixing_by_hand():
    cache = CacheRead()
    cache.mixing.data.fill_(0.25)
    one = torch.ones(2)
    torch.testing.assert_close(
        cache.mix(0.4 * one, 0.8 * one, torch.tensor([1.0, 0.0])), torch.tensor([0.5, 0.4])
    )


def test_writing_in_parts_and_forgetting_changes_no_read(monkeypatch):
    monkeypatch.setattr(append_words, "BLOCK", 4)
    keys, words = random_text(23)
    write, flatness = AppendWords().write, torch.tensor(0.5, dtype=torch.float64)
    whole = write(WordMemory(), keys, words)
    memory = WordMemory()
    for begin in range(0, 23, 3):
        part = slice(begin, begin + 3)
        memory = write(memory, keys[part], words[part], 6)
        before = torch.arange(begin, min(begin + 3, 23))
        ours = cache_weights(keys[part], memory, before, flatness, 6)
        theirs = cache_weights(keys[part], whole, before, flatness, 6)
        torch.testing.assert_close(ours, theirs[:, memory.forgotten : memory.forgotten + ours.shape[1]])
        assert theirs.sum() == 0 or torch.allclose(ours.sum(), theirs.sum())
    assert len(memory) == 23 and 8 <= memory.forgotten <= 17
    assert sum(len(block.words) for block in memory.blocks) <= 6 + 3 + 2 * 4


def test_a_write_leaves_the_old_memory_as_it_was():
    keys, words = random_text()
    old = AppendWords().write(WordMemory(), keys[:3], words[:3])
    kept = old.blocks[0].keys.clone()
    AppendWords().write(old, keys[3:], words[3:])
    assert len(old) == 3 and torch.equal(old.blocks[0].keys, kept)
