import torch

from memnn.input_map.recurrent import RecurrentEncoder, drop_units


def encoder(**drops):
    return RecurrentEncoder(vocab=9, dim=4, hidden=5, layers=2, **drops).double()


def naive(part, words):
    """An LSTM cell by cell, its gates in torch's order: input, forget, cell, output."""
    inputs = [part.vectors[word] for word in words]
    for into, across, bias in zip(part.into, part.across, part.bias):
        h = c = torch.zeros(across.shape[1], dtype=torch.float64)
        outputs = []
        for x in inputs:
            i, f, g, o = (into @ x + across @ h + bias).chunk(4)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        inputs = outputs
    return torch.stack(inputs)


def test_matches_the_equations_and_their_gradients():
    part, words = encoder(), torch.tensor([[3, 1, 4, 1], [5, 8, 2, 6]])
    ours = part(words, part.begin(2))[0]
    theirs = torch.stack([naive(part, row) for row in words])
    torch.testing.assert_close(ours, theirs)
    leaves = list(part.parameters())
    for a, b in zip(
        torch.autograd.grad(ours.sin().sum(), leaves), torch.autograd.grad(theirs.sin().sum(), leaves)
    ):
        torch.testing.assert_close(a, b)


def test_windows_go_on_where_the_last_one_ended():
    part, words = encoder().eval(), torch.randint(0, 9, (3, 8))
    whole, end = part(words, part.begin(3))
    first, state = part(words[:, :5], part.begin(3))
    second, last = part(words[:, 5:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    for ours, theirs in zip(last, end):
        torch.testing.assert_close(ours, theirs)


def test_nothing_is_dropped_outside_training():
    drops = dict.fromkeys(("drop_words", "drop_input", "drop_between", "drop_output", "drop_weights"), 0.5)
    part, words = encoder(**drops), torch.randint(0, 9, (2, 6))
    read = [part.train(mode)(words, part.begin(2))[0] for mode in (True, True, False, False)]
    assert not torch.equal(read[0], read[1])
    assert torch.equal(read[2], read[3])


def test_a_dropped_word_is_dropped_everywhere_in_the_window():
    part, words = encoder(drop_words=0.5).train(), torch.arange(9).repeat(20)[None]
    (gradient,) = torch.autograd.grad(part(words, part.begin(1))[0].sum(), part.vectors)
    assert 0 < (gradient == 0).all(1).sum() < 9


def test_units_are_dropped_for_a_whole_row():
    states = drop_units(torch.ones(7, 3, 40), 0.25, training=True)
    assert (states == states[:1]).all()
    assert set(states[0].unique().tolist()) == {0.0, float(torch.tensor(1 / 0.75))}
    assert not torch.equal(states[0, 0], states[0, 1])
    assert torch.equal(drop_units(states, 0.25, training=False), states)
