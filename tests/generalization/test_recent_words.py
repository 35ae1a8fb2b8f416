import torch

from memnn.generalization.recent_words import RecentWords


def test_before_a_text_there_is_no_word_to_read():
    part = RecentWords(3)
    words = part.empty(2, torch.device("cpu"))
    keys = torch.randn(2, 3, 4)
    memory = part.write(keys, keys, words)
    assert words.shape == (2, 3) and not memory.mask.any()


def test_written_words_are_slots_in_their_order_and_the_newest_are_kept():
    part = RecentWords(3)
    stretch = torch.tensor([[-1, -1, 7, 0, 5], [1, 2, 3, 4, 6]])
    keys, values = torch.randn(2, 2, 5, 4)
    memory = part.write(keys, values, stretch)
    assert memory.keys is keys and memory.values is values
    assert memory.mask.tolist() == [[False, False, True, True, True], [True] * 5]
    assert part.newest(stretch).tolist() == [[7, 0, 5], [3, 4, 6]]
    assert part.newest(stretch[:, :2]).tolist() == [[-1, -1], [1, 2]]  # fewer than it holds
