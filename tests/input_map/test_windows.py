import torch

from memnn.input_map.windows import WindowEncoder, windows
from memnn.text.vocabulary import NIL, UNKNOWN

WORDS = torch.tensor([[3, 4, 2, 5], [2, NIL, NIL, NIL], [NIL] * 4])
FRAME, SPEAKER = torch.tensor([[0, 0, 1], [2, 1, 0]]), torch.tensor([[0, 0, 1], [2, 0, 1]])
MASK = torch.tensor([[False, True, True], [True] * 3])


def encoder(**options):
    sizes = {"vocab": 7, "classes": 3, "speakers": 3, "dim": 4, "radius": 1}
    return WindowEncoder(**{**sizes, "dropout": 0.0, "unheard": 0.0, **options}).double()


def naive_word(net, words, place):
    """h_j of one word, its neighbours looked up one by one."""
    near = [
        net.table[words[i]] if 0 <= i < len(words) and words[i] != NIL else torch.zeros(net.dim).double()
        for i in range(place - net.radius, place + net.radius + 1)
    ]
    return net.window(torch.cat(near)).relu()


def naive_frame(net, words):
    said = [naive_word(net, words, j) for j, word in enumerate(words) if word != NIL]
    return torch.stack(said).amax(0) if said else torch.zeros(net.dim).double()


def test_windows_by_hand():
    words = torch.tensor([[[1.0], [2.0], [3.0]]])
    assert windows(words, 1).tolist() == [[[0, 1, 2], [1, 2, 3], [2, 3, 0]]]


def test_is_the_equations_with_their_gradients():
    net = encoder()
    each, frames = net.encode_frames(WORDS)
    turns = net.encode_turns(frames, FRAME, SPEAKER, MASK)
    before = torch.randn(2, 2, 4).double()
    place, kind = torch.tensor([[2, 4], [0, 0]]), torch.tensor([[2, 0], [0, 0]])
    speaker = torch.tensor([[1, 0], [0, 0]])
    there = torch.tensor([[True, True], [True, False]])
    mentions = net.encode_mentions(each, before, place, speaker, kind, there)

    theirs = []
    for row in range(2):
        told = [naive_frame(net, WORDS[FRAME[row, t]].tolist()) * MASK[row, t] for t in range(3)]
        for t in range(3):
            last = told[t - 1] if t else torch.zeros(4).double()
            turn = (net.turn[SPEAKER[row, t]](told[t]) + net.before_turn(last)).relu()
            theirs.append(turn * MASK[row, t])
    theirs = torch.stack(theirs).view(2, 3, 4)
    torch.testing.assert_close(turns, theirs)

    words = [(0, 2), (1, 0), (0, 0)]
    for (row, entry), (frame, j) in zip([(0, 0), (0, 1), (1, 0)], words):
        expected = net.mention[speaker[row, entry]](naive_word(net, WORDS[frame].tolist(), j))
        expected = expected + net.before_mention(before[row, entry])
        expected = expected + (net.classes[kind[row, entry]] if kind[row, entry] else 0)
        torch.testing.assert_close(mentions[row, entry], expected.relu())
    assert not mentions[1, 1].any()

    ours = torch.autograd.grad(turns.sin().sum(), [net.table, net.window.weight], retain_graph=True)
    expected = torch.autograd.grad(theirs.sin().sum(), [net.table, net.window.weight])
    for mine, other in zip(ours, expected):
        torch.testing.assert_close(mine, other)


def test_padding_changes_nothing():
    net = encoder()
    wide = torch.nn.functional.pad(WORDS, (0, 3), value=NIL)
    torch.testing.assert_close(net.encode_frames(wide)[1], net.encode_frames(WORDS)[1])


def test_words_are_missed_only_in_training_and_never_the_mark():
    net = encoder(unheard=0.999)
    whole = net.eval().encode_frames(WORDS)[1]
    missed = net.train().encode_frames(WORDS)[1]
    net.eval()
    torch.testing.assert_close(net.encode_frames(WORDS)[1], whole)
    net.table.data[UNKNOWN] = 0
    assert missed[1].equal(whole[1])
    assert not missed[0].equal(whole[0])


def test_nothing_said_is_no_nan():
    net = encoder()
    nothing = torch.zeros(1, 0, dtype=torch.long)
    assert net.encode_turns(net.encode_frames(WORDS)[1], nothing, nothing, nothing.bool()).shape == (1, 0, 4)
