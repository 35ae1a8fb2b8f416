import numpy as np
import pytest
import torch

from memnn.input_map.sentence import SentenceEncoder, encode_sentences, word_vectors
from memnn.story import Story
from memnn.text.batches import StoryTensors
from memnn.text.vocabulary import Vocabulary

WORDS = torch.tensor([[2, 3, 4, 2], [5, 3, 0, 0], [0, 0, 0, 0]])


def naive(words, table, weighting, period):
    """Section 4.1 as loops."""
    rows = []
    for sentence in words.tolist():
        spoken = [word for word in sentence if word != 0]
        row = [torch.zeros((), dtype=table.dtype) for _ in range(table.shape[1])]
        for j, word in enumerate(spoken, start=1):
            for column in range(table.shape[1]):
                k = column % period + 1
                share = j / len(spoken)
                position = (1 - share) - k / period * (1 - 2 * share)
                weight = {"bag": 1, "position": position, "doubled": 2 * position}[weighting]
                row[column] = row[column] + weight * table[word, column]
        rows.append(torch.stack(row))
    return torch.stack(rows)


@pytest.mark.parametrize("weighting", ["bag", "position", "doubled"])
@pytest.mark.parametrize("period", [6, 3])
def test_matches_the_equations_and_their_gradients(weighting, period):
    table = torch.randn(7, 6, dtype=torch.float64, requires_grad=True)
    ours, theirs = encode_sentences(WORDS, table, weighting, period), naive(WORDS, table, weighting, period)
    torch.testing.assert_close(ours, theirs)
    (a,), (b,) = (torch.autograd.grad(x.sin().sum(), table) for x in (ours, theirs))
    torch.testing.assert_close(a, b)


def test_position_by_hand():
    # Two words, two coordinates: l = [[(1-.5)-.5*0, (1-.5)-1*0], [0-.5*(-1), 0-1*(-1)]]
    encoded = encode_sentences(torch.tensor([[1, 2]]), torch.eye(3)[:, 1:], "position", 2)
    torch.testing.assert_close(encoded, torch.tensor([[0.5, 1.0]]))


def test_order_matters_to_position_encoding_only():
    table, forth, back = torch.randn(7, 4), torch.tensor([[2, 3]]), torch.tensor([[3, 2]])
    assert torch.allclose(*(encode_sentences(words, table, "bag", 4) for words in (forth, back)))
    assert not torch.allclose(*(encode_sentences(words, table, "position", 4) for words in (forth, back)))


def test_padding_and_the_nil_word_count_nothing():
    table = torch.randn(7, 4, requires_grad=True)
    wide = torch.cat([WORDS, torch.zeros(3, 5, dtype=torch.long)], 1)
    torch.testing.assert_close(*(encode_sentences(words, table, "position", 4) for words in (WORDS, wide)))
    (gradient,) = torch.autograd.grad(encode_sentences(wide, table, "position", 4).sum(), table)
    assert not gradient[0].any()


def test_tables_stand_side_by_side_and_a_table_named_twice_is_tied():
    encoder = SentenceEncoder(7, 3, facts=(0, 1, 0), question=1)
    facts, question = encoder.encode_facts(WORDS), encoder.encode_question(WORDS)
    assert facts.shape == (3, 9) == (3, encoder.width)
    assert torch.equal(facts[:, :3], facts[:, 6:])
    torch.testing.assert_close(facts[:, 3:6], question)


@pytest.mark.parametrize("weighting", ["bag", "position", "doubled"])
@pytest.mark.parametrize("question", [0, 2])
@pytest.mark.parametrize("large", [1024, 3])
def test_a_batch_is_encoded_as_its_sentences_are(weighting, question, large, monkeypatch):
    for module in ("memnn.text.batches", "memnn.input_map.sentence"):
        monkeypatch.setattr(f"{module}.LARGE", large)
    stories = [Story(("a b c a.", "d."), "who is a?", ("x",)), Story(("b a.",), "where?", ("y",))]
    vocabulary = Vocabulary.of_stories(stories)
    batch = StoryTensors(stories, vocabulary).batch(np.arange(2))
    assert (batch.fact_counts.spoken is None) == (len(vocabulary) <= large)
    encoder = SentenceEncoder(
        len(vocabulary), 3, facts=(0, 1), question=question, weighting=weighting
    ).double()
    ours = encoder.encode_batch(batch)
    theirs = encoder.encode_facts(batch.facts), encoder.encode_question(batch.question)
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b)
    gradients = [
        torch.autograd.grad(sum(x.sin().sum() for x in both), list(encoder.parameters()), allow_unused=True)
        for both in (ours, theirs)
    ]
    for a, b in zip(*gradients):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("weighting", ["bag", "position", "doubled"])
@pytest.mark.parametrize("large", [1024, 3])
def test_tables_of_several_restarts_are_taken_stacked(weighting, large, monkeypatch):
    for module in ("memnn.text.batches", "memnn.input_map.sentence"):
        monkeypatch.setattr(f"{module}.LARGE", large)
    tables = torch.randn(3, 7, 6, dtype=torch.float64)
    stacked = encode_sentences(WORDS, tables, weighting, 3)
    for table, alone in zip(tables, stacked):
        torch.testing.assert_close(alone, naive(WORDS, table, weighting, 3))


def test_new_vectors_have_the_asked_spread_and_no_nil():
    table = word_vectors(5000, 20, init=0.1)
    assert not table[0].any() and not table[1].any()
    assert table.std().item() == pytest.approx(0.1, rel=0.02)
