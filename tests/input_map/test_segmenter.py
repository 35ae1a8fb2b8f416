import random
from itertools import accumulate, groupby

import pytest
import torch

from memnn.input_map.segmenter import Segmenter, examples, fit
from memnn.text.batches import pad
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary
from memnn.worlds.adventure import KINDS, adventure
from memnn.worlds.stream import stream


def small(vocab=9, dim=4, margin=0.1, seed=0):
    torch.manual_seed(seed)
    segmenter = Segmenter(vocab, dim, margin).double()
    with torch.no_grad():
        for parameter in segmenter.parameters():
            parameter.normal_()
    return segmenter


def naive_score(segmenter, words):
    """Each coordinate of the embedded words, one after another."""
    words = [word for word in words if word != NIL]
    score = torch.zeros((), dtype=torch.float64)
    for d in range(4):
        embedded = sum(segmenter.words[word, d] for word in words)
        embedded = embedded + sum(segmenter.last[word, d] for word in words[-1:])
        score = score + embedded * segmenter.weight[d]
    return score


def test_score_and_loss_are_the_equations_with_their_gradients():
    segmenter = small()
    segments, others = [[2, 3, 2], [4], [5, 6]], [[2], [7, 8, 3, 4]]
    score = segmenter(torch.tensor(pad(segments)))
    torch.testing.assert_close(score, torch.stack([naive_score(segmenter, words) for words in segments]))
    zero = torch.zeros((), dtype=torch.float64)
    naive = sum(torch.maximum(zero, 0.1 - naive_score(segmenter, words)) for words in segments) / 3
    naive = naive + 0.5 * sum(torch.maximum(zero, 0.1 + naive_score(segmenter, w)) for w in others) / 2
    ours = segmenter.loss(torch.tensor(pad(segments)), torch.tensor(pad(others)), weak=0.5)
    torch.testing.assert_close(ours, naive)
    for a, b in zip(*(torch.autograd.grad(loss, segmenter.parameters()) for loss in (ours, naive))):
        torch.testing.assert_close(a, b)


def test_segments_are_where_a_loop_over_the_words_finds_them():
    for seed in range(30):
        segmenter = small(seed=seed)
        heard = random.Random(seed).choices(range(1, 9), k=40)
        found, last = [], []
        for word in heard:
            last = [*last, word]
            if naive_score(segmenter, last) > 0:
                found, last = [*found, last], []
        assert segmenter.segment(heard) == found


def test_no_words_no_segment_and_no_loss():
    segmenter = small()
    assert segmenter.segment([]) == []
    assert segmenter(torch.zeros(0, 1, dtype=torch.long)).shape == (0,)
    assert segmenter(torch.zeros(2, 3, dtype=torch.long)).tolist() == [0, 0]
    nothing = torch.zeros(0, 1, dtype=torch.long)
    assert segmenter.loss(nothing, nothing).item() == 0
    assert examples([]) == ([], [])


def test_examples_by_hand():
    heard = [(2, 3, 4), (5, 6), (5, 7), (2, 8), (7, 7)]
    segments, others = examples(
        [(heard, (True, False, False, True, False)), ([(5, 6)], (True,)), ([(9,) * 6], (False,))]
    )
    # (7, 7) stands alone between two that are labelled; six nines are longer than all that are
    assert segments == [(2, 3, 4), (2, 8), (5, 6), (7, 7)]
    # of (5, 6, 5, 7) nothing is known but that (5, 6) is a segment elsewhere
    assert others == [(2,), (2, 3), (5,), (5, 6, 5), (7,), (9,), (9, 9), (9, 9, 9)]


def heard(seed, questions, vocabulary=None, kinds=KINDS):
    """The streams of stories: the ids of their segments and which of them are labelled."""
    stories = adventure(random.Random(seed), questions, 5, kinds)
    streams = [stream(list(group)) for _, group in groupby(stories, key=lambda story: story.id)]
    vocabulary = vocabulary or Vocabulary.of_stories(stories)
    return vocabulary, [
        (
            [vocabulary.ids(words) for words in one.segments],
            [a or b for a, b in zip(one.supporting, one.questions)],
        )
        for one in streams
    ]


def ends(segments):
    return set(accumulate(map(len, segments)))


def boundary_f1(segmenter, streams):
    hits = found = true = 0
    for segments, _ in streams:
        ours = ends(segmenter.segment([word for words in segments for word in words]))
        theirs = ends(segments)
        hits, found, true = hits + len(ours & theirs), found + len(ours), true + len(theirs)
    return 2 * hits / (found + true)


@pytest.mark.parametrize("kinds", [KINDS, ("actor",)])  # of the latter no question rests on what is carried
def test_it_learns_where_facts_and_questions_end_from_the_labelled_ones(kinds):
    vocabulary, streams = heard(0, 300, kinds=kinds)
    torch.manual_seed(0)
    segmenter = Segmenter(len(vocabulary))
    _, unseen_streams = heard(1, 300, vocabulary, kinds)
    assert boundary_f1(segmenter, unseen_streams) < 0.7
    fit(segmenter, *examples(streams))
    assert boundary_f1(segmenter, unseen_streams) > 0.99


def test_without_labels_it_learns_nothing():
    vocabulary, streams = heard(0, 100)
    segmenter = Segmenter(len(vocabulary))
    fit(segmenter, *examples([(segments, [False] * len(segments)) for segments, _ in streams]))
    assert boundary_f1(segmenter, streams) < 0.7


def test_padding_and_words_nobody_knows_are_harmless():
    vocabulary, streams = heard(0, 100)
    torch.manual_seed(0)
    segmenter = Segmenter(len(vocabulary))
    fit(segmenter, *examples(streams))
    fact = streams[0][0][0]
    assert segmenter.segment([fact[0], NIL, *fact[1:]]) == [list(fact)]
    heard_wrongly = [fact[0], UNKNOWN, *fact[1:], *fact]
    found = segmenter.segment(heard_wrongly)
    assert [word for words in found for word in words] == heard_wrongly
    assert found[-1] == list(fact)
