import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from memnn.text.windows import (
    Carry,
    Window,
    steps_in_order,
    steps_shuffled,
    windows_in_order,
    windows_shuffled,
)

sizes = st.integers(1, 9)


@given(words=st.integers(2, 90), rows=sizes, length=sizes, data=st.data())
def test_windows_in_order_are_the_text(words, rows, length, data):
    first = data.draw(st.none() | st.integers(1, length))
    text = np.arange(words)
    rows = min(rows, words - 1)
    windows = list(windows_in_order(text, rows, length, first))
    assert len(windows) <= steps_in_order(words, rows, length) <= len(windows) + 1
    sizes = [window.words.shape[1] for window in windows]
    assert sizes[0] == min(first or length, sum(sizes)) and set(sizes[1:-1]) <= {length} and min(sizes) > 0
    read = torch.cat([window.words for window in windows], 1)
    following = torch.cat([window.following for window in windows], 1)
    assert read.flatten().tolist() == text[: read.numel()].tolist()
    assert words - 1 - read.numel() < rows
    assert (following == read + 1).all()
    assert all(window.carry is windows[0].carry for window in windows)


@given(words=st.integers(2, 90), rows=sizes, length=sizes, context=sizes, seed=st.integers(0, 5))
def test_shuffled_windows_bring_the_words_before_them(words, rows, length, context, seed):
    windows = list(windows_shuffled(np.arange(words), rows, length, context, np.random.default_rng(seed)))
    assert len(windows) <= steps_shuffled(words, rows, length) <= len(windows) + 1
    predicted = [word for window in windows for word in window.answer.tolist()]
    assert len(set(predicted)) == len(predicted)
    assert len(predicted) > words - 1 - 2 * length
    for window in windows:
        first = window.words[:, :1]
        assert (window.following == window.words + 1).all()
        assert (window.words == first + torch.arange(length)).all()
        before = first + torch.arange(-context, 0)
        assert (window.carry.state == before.clamp(min=-1)).all()


def test_the_words_before_a_window_go_where_it_goes():
    words = torch.arange(12).view(3, 4)
    window = Window(words, words + 1, Carry(words)).to(torch.device("meta"))
    assert {tensor.device.type for tensor in (window.words, window.following, window.carry.state)} == {"meta"}
    ids = np.arange(30)
    first, second = (next_one.to(torch.device("cpu")) for next_one in windows_in_order(ids, 2, 8))
    first.carry.state = torch.ones(2)
    assert second.to(torch.device("cpu")).carry.state is first.carry.state  # one text, one carry


@pytest.mark.parametrize("state", [None, torch.arange(6).view(3, 2)])
def test_processes_share_the_rows(state):
    words = torch.arange(12).view(3, 4)
    window = Window(words, words + 1, Carry(state))
    shares = [window.share(process, 2) for process in range(2)]
    assert [share.words[:, 0].tolist() for share in shares] == [[0, 8], [4]]
    assert sum(len(share.answer) for share in shares) == len(window.answer)
    if state is not None:
        assert shares[1].carry.state.tolist() == [[2, 3]]
