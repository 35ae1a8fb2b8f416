import pytest
import torch

from memnn.input_map.frames import RADIUS, FrameEncoder, WindowFrameEncoder

DIM, PLACES = 4, 3
FRAMES = torch.tensor([[2, 3, 4, 2], [3, 2, 4, 2], [5, 3, 0, 0], [0, 0, 0, 0]])


def encoder(kinds=None):
    return FrameEncoder(7, DIM, PLACES, kinds).double()


def named(encode, names):
    return encode.encode_names(encode.name_vectors(names))


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


@pytest.mark.parametrize("kind", [FrameEncoder, WindowFrameEncoder])
def test_padding_and_other_frames_change_nothing(kind):
    encode = kind(7, DIM, PLACES).double()
    wide = torch.nn.functional.pad(FRAMES, (0, 5))
    torch.testing.assert_close(encode.encode_frames(wide), encode.encode_frames(FRAMES))
    torch.testing.assert_close(encode.encode_frames(FRAMES[2:3]), encode.encode_frames(FRAMES)[2:3])
    assert encode.encode_frames(FRAMES[:0]).shape == (0, DIM)


def test_names_match_the_loops_and_their_gradients():
    encode, names = encoder(), torch.tensor([[[5, 0, 6], [0, 0, 0]], [[6, 5, 5], [0, 3, 0]]])
    ours = named(encode, names)
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
    assert not named(encode, torch.zeros(2, 1, PLACES, dtype=torch.long)).any()


def test_a_name_says_which_place_it_fills():
    encode = encoder()
    first, second = named(encode, torch.tensor([[5, 0, 0], [0, 5, 0]]))
    assert not torch.allclose(first, second)


def test_sentences_of_fewer_or_more_symbols_than_places():
    encode, names = encoder(), torch.tensor([[5, 6, 3, 4]])
    assert torch.equal(named(encode, names), named(encode, names[:, :PLACES]))
    few = torch.tensor([[5]])
    torch.testing.assert_close(named(encode, few), named(encode, torch.tensor([[5, 0, 0]])))


def test_names_of_kinds_match_the_loops_and_their_gradients():
    encode, names = encoder(kinds=2).eval(), torch.tensor([[[5, 0, 6], [0, 0, 3]]])
    ours, theirs = encode.name_vectors(names), []
    for word in names.flatten().tolist():
        theirs.append((encode.kinds.weight @ encode.table[word]).tanh() if word else torch.zeros(2).double())
    torch.testing.assert_close(ours, torch.stack(theirs).view(1, 2, PLACES, 2))
    added = encode.encode_names(ours)
    said = [[ours[0, fact, place] @ encode.names[place] for place in range(PLACES)] for fact in range(2)]
    torch.testing.assert_close(added, torch.stack([sum(places) for places in said])[None])
    leaves = [encode.table, encode.kinds.weight]
    gradients = [torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, torch.stack(theirs))]
    for a, b in zip(*gradients):
        torch.testing.assert_close(a, b)


def test_of_what_kind_a_name_is_shakes_in_training_alone():
    encode, names = encoder(kinds=2), torch.tensor([[5, 0, 6]])
    first, second = encode.name_vectors(names), encode.name_vectors(names)
    assert not torch.allclose(first[:, [0, 2]], second[:, [0, 2]])
    assert not first[:, 1].any() and not second[:, 1].any()
    encode.eval()
    assert torch.equal(encode.name_vectors(names), encode.name_vectors(names))


def window_encoder(unheard=0.0):
    return WindowFrameEncoder(7, DIM, PLACES, unheard=unheard).double()


def in_windows(encode, words):
    """The equation of the docstring as loops over words and their neighbours."""
    nothing = torch.zeros(DIM, dtype=torch.float64)
    spoken = [nothing if word == 1 else encode.table[word] for word in words.tolist() if word]
    for layer in (encode.near, encode.far):
        each = []
        for j in range(len(spoken)):
            around = range(j - RADIUS, j + RADIUS + 1)
            window = torch.cat([spoken[i] if 0 <= i < len(spoken) else nothing for i in around])
            each.append((layer.weight @ window + layer.bias).clamp(min=0))
        spoken = each
    most = torch.stack([nothing, *spoken]).amax(0)  # nothing is below 0
    marked = [each for each, word in zip(spoken, words.tolist()) if word == 2]
    first, _, last = encode.mix
    seen = torch.cat([most, *(marked + [nothing] * PLACES)[:PLACES]])
    return last.weight @ (first.weight @ seen + first.bias).clamp(min=0) + last.bias


def test_frames_in_windows_match_the_loops_and_their_gradients():
    encode = window_encoder()
    frames = torch.cat([FRAMES, torch.tensor([[2, 2, 2, 2], [2, 1, 6, 2]])])
    ours, theirs = encode.encode_frames(frames), torch.stack([in_windows(encode, words) for words in frames])
    torch.testing.assert_close(ours, theirs)
    layers = (encode.near, encode.far, encode.mix)
    leaves = [encode.table, *(weight for layer in layers for weight in layer.parameters())]
    for a, b in zip(*(torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, theirs))):
        torch.testing.assert_close(a, b)


def test_a_word_never_heard_is_a_gap_in_a_sentence():
    encode = window_encoder()
    first, gap, other = encode.encode_frames(torch.tensor([[3, 1, 2, 4], [3, 3, 2, 4], [3, 2, 4, 0]]))
    with torch.no_grad():
        encode.table[1] = 9.0
    torch.testing.assert_close(encode.encode_frames(torch.tensor([[3, 1, 2, 4]]))[0], first)
    assert not torch.allclose(first, gap) and not torch.allclose(first, other)


def test_training_leaves_words_out_and_answering_does_not_and_marks_are_always_heard():
    encode, frames = window_encoder(unheard=0.5), torch.tensor([[2, 3, 4, 2, 5, 6]])
    gaps = torch.tensor(
        [
            [2, *(1 if number >> place & 1 else word for place, word in enumerate((3, 4)))]
            for number in range(4)
        ]
    )
    encode.eval()
    expected, said = encode.encode_frames(gaps), encode.encode_frames(frames)
    assert torch.equal(encode.encode_frames(frames), said)
    encode.train()
    assert any(not torch.allclose(encode.encode_frames(frames), said) for _ in range(20))
    seen = set()
    for _ in range(60):
        found = encode.encode_frames(gaps[:1])
        seen |= {number for number in range(4) if torch.allclose(found[0], expected[number])}
        assert any(torch.allclose(found[0], each) for each in expected)
    assert seen == {0, 1, 2, 3}
