import math

import pytest
import torch

from memnn.response.copying import CopyingResponse, item_losses

ANSWERS, NONE, STOP = 3, -1, 0
DIM, PLACES, REGISTERS = 4, 2, 3


def scores_of(*chances):
    """Scores of one question whose softmax is these chances: answers first, then two symbols."""
    return torch.tensor([chances]).log()


def losses(scores, answer, copied):
    return item_losses(scores, torch.tensor([answer]), torch.tensor([copied]), ANSWERS)


ITEM, END = [0.1, 0.2, 0.3, 0.15, 0.25], [0.6, 0.1, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("answer", "copied", "chance", "right"),
    [
        ([2, STOP], [NONE, NONE], 0.3 * 0.6, True),  # said
        ([1, STOP], [NONE, NONE], 0.2 * 0.6, False),
        ([NONE, STOP], [1, NONE], 0.25 * 0.6, False),  # copied, though another is likelier
        ([2, STOP], [1, NONE], (0.3 + 0.25) * 0.6, True),  # said or copied
        ([1, STOP], [0, NONE], (0.2 + 0.15) * 0.6, False),
        ([STOP, NONE], [NONE, NONE], 0.1, False),  # what is behind the end does not count
        ([2, NONE], [NONE, NONE], 0.3, True),
        ([NONE, NONE], [NONE, NONE], 1.0, True),
        ([2, STOP, NONE], [NONE, NONE, NONE], 0.3 * 0.6, True),
    ],
)
def test_losses_by_hand(answer, copied, chance, right):
    loss, hit = losses(scores_of(ITEM, END), answer, copied)
    assert loss.item() == pytest.approx(-math.log(chance), abs=1e-6)
    assert hit.tolist() == [right]


def test_a_symbol_copied_is_right_where_it_is_likeliest():
    scores = scores_of([0.1, 0.1, 0.1, 0.1, 0.6], END)
    assert losses(scores, [NONE, STOP], [1, NONE])[1].item()
    assert losses(scores, [2, STOP], [1, NONE])[1].item()
    assert not losses(scores, [NONE, STOP], [0, NONE])[1].item()


def test_no_symbol_to_copy_is_not_the_last_of_the_answers():
    """NONE points one before the first symbol, at an answer."""
    scores = scores_of([0.1, 0.1, 0.6, 0.1, 0.1], END)
    assert not losses(scores, [1, STOP], [NONE, NONE])[1].item()


@pytest.mark.parametrize(("third", "symbol"), [(1, NONE), (NONE, 0)])
def test_an_answer_longer_than_the_items_is_wrong(third, symbol):
    scores = scores_of([0.1, 0.1, 0.6, 0.1, 0.1], [0.1, 0.6, 0.1, 0.1, 0.1])
    loss, hit = losses(scores, [2, 1, third, STOP], [NONE, NONE, symbol, NONE])
    assert loss.item() == pytest.approx(-2 * math.log(0.6), abs=1e-6)
    assert hit.tolist() == [False]
    assert losses(scores, [2, 1, STOP], [NONE, NONE, NONE])[1].item()  # only the end is left out


def test_gradients_are_those_of_the_equation_and_finite():
    scores = torch.randn(2, 2, 5, dtype=torch.float64, requires_grad=True)
    answer, copied = torch.tensor([[2, STOP], [1, NONE]]), torch.tensor([[1, NONE], [NONE, NONE]])
    p = scores.softmax(-1)
    wanted = -torch.log((p[0, 0, 2] + p[0, 0, 4]) * p[0, 1, STOP]) - torch.log(p[1, 0, 1])
    ours = item_losses(scores, answer, copied, ANSWERS)[0].sum()
    torch.testing.assert_close(*(torch.autograd.grad(loss, scores)[0] for loss in (ours, wanted)))
    hidden = scores.masked_fill(torch.arange(5) > 2, torch.finfo(scores.dtype).min / 4)  # as a model hides
    (grad,) = torch.autograd.grad(item_losses(hidden, answer, copied, ANSWERS)[0].sum(), scores)
    assert grad.isfinite().all()


def response():
    return CopyingResponse(DIM, REGISTERS, PLACES, ANSWERS).double()


def random_question(batch=2, symbols=5):
    registers = torch.rand(batch, REGISTERS, symbols, dtype=torch.float64) / symbols
    return torch.randn(batch, DIM, dtype=torch.float64, requires_grad=True), registers.requires_grad_()


def naive(respond, state, registers):
    """The equations of one question in loops."""
    y = [*(state / (state.pow(2).mean() + torch.finfo(state.dtype).eps).sqrt() * respond.before.weight)]
    y += [sum(p * q for p, q in zip(held, asked)) for held in registers for asked in registers[:PLACES]]
    first = respond.mix[0]
    hidden = torch.stack([unit * (unit > 0) for unit in first.weight @ torch.stack(y) + first.bias])
    says = respond.say.weight @ hidden + respond.say.bias
    chosen = (respond.choose.weight @ hidden + respond.choose.bias).exp()
    copies = sum(c / chosen.sum() * register for c, register in zip(chosen, registers))
    return torch.stack([*says, *(respond.gain * copies)])


def test_scores_match_the_loops_and_their_gradients():
    respond, (state, registers) = response(), random_question()
    ours = respond(state, registers)
    theirs = torch.stack([naive(respond, *question) for question in zip(state, registers)])
    torch.testing.assert_close(ours, theirs)
    leaves = [state, registers, *respond.parameters()]
    for a, b in zip(*(torch.autograd.grad(scores.sin().sum(), leaves) for scores in (ours, theirs))):
        torch.testing.assert_close(a, b)


def test_other_names_are_copied_alike():
    respond, (state, registers), order = response(), random_question(), torch.tensor([3, 0, 4, 1, 2])
    scores, other = respond(state, registers), respond(state, registers[..., order])
    torch.testing.assert_close(other[..., :ANSWERS], scores[..., :ANSWERS], atol=1e-12, rtol=0)
    torch.testing.assert_close(other[..., ANSWERS:], scores[..., ANSWERS:][..., order], atol=1e-12, rtol=0)


def test_without_symbols_there_are_answers_alone():
    state, registers = random_question(symbols=0)
    assert response()(state, registers).shape == (2, ANSWERS)
