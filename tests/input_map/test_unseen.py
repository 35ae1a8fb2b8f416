import torch

from memnn.input_map.unseen import draw_unseen, estrange, neighbours, sum_rows, without_strangers
from memnn.text.vocabulary import NIL, UNKNOWN


def test_neighbours_of_unknown_words_only():
    words = torch.tensor(
        [[2, UNKNOWN, 3, 4], [UNKNOWN, UNKNOWN, 5, NIL], [2, UNKNOWN, NIL, NIL], [2, 3, 4, 5]]
    )
    left, right = neighbours(words)
    assert left.tolist() == [[0, 2, 0, 0], [0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]
    assert right.tolist() == [[0, 3, 0, 0], [0, 5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_strangers_are_unknown_words_again():
    words = torch.tensor([[2, 9, 8, NIL], [UNKNOWN, 7, 2, 12]])
    assert without_strangers(words, 8).tolist() == [[2, 1, 1, 0], [1, 7, 2, 1]]


def test_a_drawn_word_is_one_stranger_wherever_it_stands_and_no_other():
    words = torch.randint(2, 30, (50, 8))
    words[:, 6:] = NIL
    drawn = draw_unseen(30, 0.3, words.device)
    told = estrange(words, drawn)
    for before, after in zip(words.flatten().tolist(), told.flatten().tolist()):
        assert after == (before + 30 if drawn[before] else before)
    assert 0 < drawn.sum() < 20
    assert len(told.unique()) == len(words.unique())


def test_the_share_is_of_the_words_and_drawn_anew():
    drawn = [draw_unseen(10_000, 0.3, torch.device("cpu")) for _ in range(2)]
    assert abs(drawn[0].float().mean() - 0.3) < 0.02
    assert not torch.equal(*drawn)
    assert not draw_unseen(100, 0.0, torch.device("cpu")).any()


def test_padding_and_unknown_words_are_never_drawn():
    drawn = draw_unseen(9, 1.0, torch.device("cpu"))
    assert estrange(torch.tensor([[5, UNKNOWN, NIL]]), drawn).tolist() == [[14, UNKNOWN, NIL]]


def test_strangers_that_are_there_give_up_their_ids():
    drawn = torch.tensor([False] * 4 + [True])
    assert estrange(torch.tensor([[5, 4, 9, 3]]), drawn).tolist() == [[UNKNOWN, 9, UNKNOWN, 3]]


def test_sums_of_rows_are_the_loops_and_their_gradients():
    features = torch.tensor([[2, 4, 2], [NIL, NIL, 3], [NIL, NIL, NIL]])
    table = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    ours = sum_rows(features, table)
    nothing = torch.zeros(3, dtype=torch.float64)
    theirs = torch.stack([sum((table[i] for i in row if i != NIL), nothing) for row in features.tolist()])
    torch.testing.assert_close(ours, theirs)
    grads = (torch.autograd.grad(sums.sin().sum(), table)[0] for sums in (ours, theirs))
    torch.testing.assert_close(*grads)
