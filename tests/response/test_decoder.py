import torch

from memnn.response.decoder import END, LSTMDecoder
from memnn.text.vocabulary import UNKNOWN


def randomised(vocab=7, dim=4, hidden=5):
    decoder = LSTMDecoder(vocab, dim, hidden=hidden).double()
    with torch.no_grad():
        for parameter in decoder.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return decoder


def torch_log_probabilities(decoder, state, sentence):
    """The same network as torch.nn.LSTM, fed [state, w_1, w_2, ...]."""
    lstm = torch.nn.LSTM(4, 5, batch_first=True).double()
    gates = decoder.gates
    i, f, o, g = gates.chunk(4)
    reordered = torch.cat([i, f, g, o])
    bi, bf, bo, bg = decoder.bias.chunk(4)
    weights = {
        "weight_ih_l0": reordered[:, :4],
        "weight_hh_l0": reordered[:, 4:],
        "bias_ih_l0": torch.cat([bi, bf, bg, bo]),
        "bias_hh_l0": torch.zeros(20).double(),
    }
    inputs = torch.cat([state[:, None], decoder.words[sentence]], 1)
    out, _ = torch.func.functional_call(lstm, weights, (inputs,))
    return (out @ decoder.say.T).log_softmax(-1)


def test_losses_match_torch_lstm_in_value_and_gradient():
    decoder, state = randomised(), torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    sentence = torch.tensor([[3, 4, 2], [5, END, END], [6, 6, END]])
    said = torch_log_probabilities(decoder, state, sentence)
    expected = []
    for row, words in enumerate(([3, 4, 2, END], [5, END], [6, 6, END])):
        expected.append(-sum(said[row, t, word] for t, word in enumerate(words)))
    ours, theirs = decoder.sentence_losses(state, sentence), torch.stack(expected)
    torch.testing.assert_close(ours, theirs)
    leaves = (state, *decoder.parameters())
    ours_grads, theirs_grads = (torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, theirs))
    for a, b in zip(ours_grads, theirs_grads):
        torch.testing.assert_close(a, b)


def test_generation_takes_the_likeliest_word_until_the_end():
    decoder, state = randomised(), torch.randn(40, 4, dtype=torch.float64)
    written = decoder.generate(state, longest=5)
    for row in range(40):
        words = []
        for _ in range(5):
            so_far = torch.tensor([words], dtype=torch.long)
            likely = torch_log_probabilities(decoder, state[row : row + 1], so_far)[0, -1]
            likely[UNKNOWN] = -torch.inf  # nobody says it
            words.append(int(likely.argmax()))
            if words[-1] == END:
                break
        assert written[row].tolist() == words + [END] * (5 - len(words))


def test_learns_to_write_sentences():
    decoder = LSTMDecoder(9, 6, hidden=16)
    states = torch.eye(6)[:4]
    sentences = torch.tensor([[3, 4, 5, 6], [3, 4, 7, END], [8, END, END, END], [8, 8, 3, 4]])
    optimizer = torch.optim.Adam(decoder.parameters(), lr=0.03)
    for _ in range(150):
        loss = decoder.sentence_losses(states, sentences).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert torch.equal(decoder.generate(states, longest=4), sentences)


def test_the_first_word_is_the_score_of_a_one_word_answer():
    decoder, state = randomised(), torch.randn(2, 4, dtype=torch.float64)
    scores = decoder(state)
    first = torch_log_probabilities(decoder, state, torch.zeros(2, 0, dtype=torch.long))[:, 0]
    torch.testing.assert_close(scores[:, 2:], first[:, 2:])
    assert (scores[:, :2] == torch.finfo(scores.dtype).min).all()


def test_a_sentence_with_a_word_never_seen_teaches_nothing():
    decoder, state = randomised(), torch.randn(3, 4, dtype=torch.float64)
    losses = decoder.sentence_losses(state, torch.tensor([[3, 1], [1, END], [3, END]]))
    assert (losses > 0).tolist() == [False, False, True]
