import math

import torch

from memnn.generalization.conversation import SymbolTable, ever, gather_by_symbol


def test_ever_by_hand():
    torch.testing.assert_close(ever(torch.tensor([0.0, math.log(2), 100.0])), torch.tensor([0.0, 0.5, 1.0]))


def test_gathers_what_belongs_to_a_symbol():
    features = torch.tensor([[[1.0], [10.0], [100.0], [1000.0]]], requires_grad=True)
    gathered = gather_by_symbol(features, torch.tensor([[1, 0, 1, -1]]), 3)
    assert gathered.flatten().tolist() == [10, 101, 0]
    (slope,) = torch.autograd.grad(gathered[0, 1].sum(), features)
    assert slope.flatten().tolist() == [1, 0, 1, 0]


def naive(table, mentions, named, subject, relation, value, number, newest, rows, kind):
    """The features of each symbol, fact by fact."""
    every = []
    for b in range(len(kind)):
        for s in range(kind.shape[1]):
            said = sum((m for m, n in zip(mentions[b], named[b]) if n == s), torch.zeros(mentions.shape[2]))
            roles, values, numbers = (torch.zeros(table.relations) for _ in range(3))
            new = torch.zeros(())
            for r in range(subject.shape[1]):
                if subject[b, r] == s:
                    roles[relation[b, r]] += 4 * rows[b, r]
                    numbers[relation[b, r]] += number[b, r] * rows[b, r]
                    new = new + newest[b, r] * rows[b, r]
                if value[b, r] == s:
                    values[relation[b, r]] += 4 * rows[b, r]
            which = torch.zeros(table.classes)
            which[kind[b, s]] = 1
            every.append(
                torch.cat([1 - (-said).exp(), 1 - (-roles).exp(), 1 - (-values).exp(), numbers,
                           new.clamp(max=1)[None], which])
            )  # fmt: skip
    return torch.stack(every).view(*kind.shape, -1)


def test_is_the_equations_with_their_gradients():
    torch.set_default_dtype(torch.float64)
    try:
        table = SymbolTable(relations=3, classes=2, dim=4)
        mentions = torch.rand(2, 3, 4, requires_grad=True)
        rows = torch.tensor([[1.0, 1.0], [1.0, 0.0]]).requires_grad_()
        told = (
            mentions,
            torch.tensor([[0, 1, 0], [2, 2, 0]]),
            torch.tensor([[0, 0], [1, 0]]),
            torch.tensor([[2, 1], [0, 0]]),
            torch.tensor([[1, -1], [2, 0]]),
            torch.tensor([[0.0, 1.5], [0.0, 0.0]]),
            torch.tensor([[False, True], [True, False]]),
            rows,
            torch.tensor([[0, 1, 0], [1, 1, 0]]),
        )
        ours, theirs = table(*told), naive(table, *told)
        assert ours.shape[-1] == table.width
        torch.testing.assert_close(ours, theirs)
        for mine, other in zip(
            torch.autograd.grad(ours.sin().sum(), (mentions, rows)),
            torch.autograd.grad(theirs.sin().sum(), (mentions, rows)),
        ):
            torch.testing.assert_close(mine, other)
    finally:
        torch.set_default_dtype(torch.float32)


def test_before_anything_was_said():
    table = SymbolTable(relations=2, classes=2, dim=3)
    none, real = torch.zeros(1, 0, dtype=torch.long), torch.zeros(1, 0)
    kind = torch.zeros(1, 1, dtype=torch.long)
    features = table(torch.zeros(1, 0, 3), none, none, none, none, real, real.bool(), real, kind)
    assert features.flatten().tolist() == [0.0] * 10 + [1.0, 0.0]
