import torch

from memnn.input_map.frames import FrameEncoder

DIM, PLACES = 4, 3
FRAMES = torch.tensor([[2, 3, 4, 2], [3, 2, 4, 2], [5, 3, 0, 0], [0, 0, 0, 0]])


def encoder():
    return FrameEncoder(7, DIM, PLACES).double()


def naive(encode, words):
    """The equation of the docstring as loops over words and coordinates."""
    spoken = [word for word in words.tolist() if word]
    placed, bag = torch.zeros(DIM, dtype=torch.float64), torch.zeros(DIM, dtype=torch.float64)
    for j, word in enumerate(spoken, start=1):
        share = j / len(spoken)
        weights = [(1 - share) - k / DIM * (1 - 2 * share) for k in range(1, DIM + 1)]
        placed = placed + torch.tensor(weights) * encode.table[word]
        bag = bag + encode.table[word] / 2
    first, _, last = encode.mix
    hidden = (first.weight @ torch.cat([placed, bag]) + first.bias).clamp(min=0)
    return last.weight @ hidden + last.bias


def test_frames_match_the_loops_and_their_gradients():
    encode = encoder()
    ours, theirs = encode.encode_frames(FRAMES), torch.stack([naive(encode, words) for words in FRAMES])
    torch.testing.assert_close(ours, theirs)
    leaves = [encode.table, *encode.mix.parameters()]
    for a, b in zip(*(torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, theirs))):
        torch.testing.assert_close(a, b)


def test_the_same_words_in_another_order_are_another_frame():
    first, second, *_ = encoder().encode_frames(FRAMES)
    assert not torch.allclose(first, second)


def test_padding_and_other_frames_change_nothing():
    encode = encoder()
    wide = torch.nn.functional.pad(FRAMES, (0, 5))
    torch.testing.assert_close(encode.encode_frames(wide), encode.encode_frames(FRAMES))
    torch.testing.assert_close(encode.encode_frames(FRAMES[2:3]), encode.encode_frames(FRAMES)[2:3])
    assert encode.encode_frames(FRAMES[:0]).shape == (0, DIM)


def test_names_match_the_loops_and_their_gradients():
    encode, names = encoder(), torch.tensor([[[5, 0, 6], [0, 0, 0]], [[6, 5, 5], [0, 3, 0]]])
    ours = encode.encode_names(names)
    assert ours.shape == (2, 2, DIM)
    theirs = []
    for row in names.view(-1, PLACES).tolist():
        parts = [encode.table[word] @ encode.names[place] for place, word in enumerate(row) if word]
        theirs.append(sum(parts, torch.zeros(DIM, dtype=torch.float64)))
    theirs = torch.stack(theirs).view(2, 2, DIM)
    torch.testing.assert_close(ours, theirs)
    leaves = [encode.table, encode.names]
    for a, b in zip(*(torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, theirs))):
        torch.testing.assert_close(a, b)


def test_a_symbol_without_a_name_adds_nothing_even_where_the_nil_word_has_drifted():
    encode = encoder()
    with torch.no_grad():
        encode.table[0] = 9.0
    assert not encode.encode_names(torch.zeros(2, 1, PLACES, dtype=torch.long)).any()


def test_a_name_says_which_place_it_fills():
    encode = encoder()
    first, second = encode.encode_names(torch.tensor([[5, 0, 0], [0, 5, 0]]))
    assert not torch.allclose(first, second)


def test_sentences_of_fewer_or_more_symbols_than_places():
    encode, names = encoder(), torch.tensor([[5, 6, 3, 4]])
    assert torch.equal(encode.encode_names(names), encode.encode_names(names[:, :PLACES]))
    few = torch.tensor([[5]])
    torch.testing.assert_close(encode.encode_names(few), encode.encode_names(torch.tensor([[5, 0, 0]])))
