import torch

from memnn.input_map.words import WordVectors


def test_each_table_has_its_rows_side_by_side_and_its_gradients():
    part = WordVectors(5, 3, 2, 0.5).double()
    words = torch.tensor([[4, 1], [1, 0]])
    keys, values = part(words)
    for row in range(2):
        for column in range(2):
            stored = part.vectors[words[row, column]]
            assert torch.equal(keys[row, column], stored[:3])
            assert torch.equal(values[row, column], stored[3:])
    (grad,) = torch.autograd.grad(keys.sum() + 2 * values.sum(), part.vectors)
    times = torch.tensor([1, 2, 0, 0, 1], dtype=torch.float64)[:, None]  # a word stands there so often
    torch.testing.assert_close(grad, times * torch.tensor([1, 1, 1, 2, 2, 2], dtype=torch.float64))


def test_no_word_has_some_vector_and_no_error():
    assert WordVectors(5, 3, 1, 0.5)(torch.tensor([[-1, 2]]))[0].shape == (1, 2, 3)
