import torch

from memnn.input_map.unseen import neighbours, pretend_unseen
from memnn.text.vocabulary import NIL, UNKNOWN


def test_neighbours_of_unknown_words_only():
    words = torch.tensor(
        [[2, UNKNOWN, 3, 4], [UNKNOWN, UNKNOWN, 5, NIL], [2, UNKNOWN, NIL, NIL], [2, 3, 4, 5]]
    )
    left, right = neighbours(words)
    assert left.tolist() == [[0, 2, 0, 0], [0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]
    assert right.tolist() == [[0, 3, 0, 0], [0, 5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_drawn_word_is_unknown_everywhere():
    words = torch.randint(2, 30, (50, 8))
    words[:, 6:] = NIL
    pretended = pretend_unseen(words, 30, 0.3)
    drawn = words[pretended != words].unique()
    assert (pretended[pretended != words] == UNKNOWN).all()
    assert (pretended[torch.isin(words, drawn)] == UNKNOWN).all()
    assert (pretended[:, 6:] == NIL).all()
    assert 0 < len(drawn) < 20


def test_the_share_is_of_the_words():
    words = torch.arange(2, 10_002)[None]
    assert abs((pretend_unseen(words, 10_002, 0.3) == UNKNOWN).float().mean() - 0.3) < 0.02
    assert torch.equal(pretend_unseen(words, 10_002, 0.0), words)


def test_padding_is_never_unknown():
    assert pretend_unseen(torch.tensor([[5, 6, NIL]]), 9, 1.0).tolist() == [[UNKNOWN, UNKNOWN, NIL]]
