import torch

from memnn.output_map.newest_read import NewestRead

MASK = torch.tensor([[False, True, True, True], [True] * 4, [False] * 4])


def naive(read, state, entries, mask):
    """Head by head and entry by entry, the newest first."""
    rows = []
    for u, xs, there in zip(state, entries, mask):
        query = read.query(u).view(read.heads, read.width)
        contents, totals = [], []
        for h in range(read.heads):
            left, content, total = 1.0, torch.zeros(read.width).double(), 0.0
            for x, filled in reversed(list(zip(xs, there))):
                if not filled:
                    continue
                key, value = (part(x).view(read.heads, read.width)[h] for part in (read.keys, read.values))
                takes = torch.sigmoid(query[h] @ key / read.width**0.5 + read.offset[h, 0])
                content, total, left = (
                    content + left * takes * value,
                    total + left * takes,
                    left * (1 - takes),
                )
            contents.append(content)
            totals.append(torch.as_tensor(total).double())
        rows.append(torch.cat([*contents, torch.stack(totals)]))
    return torch.stack(rows)


def test_is_the_equations_with_their_gradients():
    read = NewestRead(state=3, dim=4, heads=2, width=5).double()
    state, entries = torch.randn(3, 3).double(), torch.randn(3, 4, 4).double().requires_grad_()
    ours, weights = read(state, entries, MASK)
    theirs = naive(read, state, entries, MASK)
    torch.testing.assert_close(ours, theirs)
    assert (weights.sum(-1) <= 1).all() and not weights.permute(0, 2, 1)[~MASK].any()
    leaves = [entries, read.query.weight, read.offset]
    for mine, other in zip(
        torch.autograd.grad(ours.sin().sum(), leaves), torch.autograd.grad(theirs.sin().sum(), leaves)
    ):
        torch.testing.assert_close(mine, other)


def test_the_newest_takes_all_where_it_fits():
    read = NewestRead(1, 1, 1, 1)
    read.offset.data.fill_(30.0)
    _, weights = read(torch.zeros(3, 1), torch.randn(3, 4, 1), MASK)
    torch.testing.assert_close(weights[:2, 0], torch.tensor([[0.0, 0, 0, 1]] * 2))


def test_without_entries_nothing_is_read():
    read = NewestRead(3, 4, 2, 5)
    content, weights = read(torch.randn(2, 3), torch.zeros(2, 0, 4), torch.zeros(2, 0, dtype=torch.bool))
    assert weights.shape == (2, 2, 0) and content.tolist() == [[0.0] * 12] * 2
