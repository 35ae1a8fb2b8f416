import pytest
import torch

from memnn.input_map.bags import BagEncoder, Layout
from memnn.memory import SharedMemory
from memnn.response.candidate_ranking import CandidateRanking
from memnn.response.story_ranking import Heard, StoryRanking
from memnn.text.vocabulary import NIL, UNKNOWN

VOCAB, STRANGERS, DIM = 6, 6, 3
ENTRIES = VOCAB + STRANGERS
A, B, C = VOCAB, VOCAB + 1, VOCAB + 2  # strangers
FACTS = torch.tensor([[A, 2, 3], [A, 4, B], [UNKNOWN, B, 5], [C, A, NIL]])
SLOTS = torch.tensor([[0, 1, 2], [0, 0, 2], [3, 3, 3], [0, 0, 0]])
MASK = torch.tensor([[True] * 3, [False, True, True], [False, False, True], [False] * 3])
QUESTIONS = torch.tensor([[2, A], [3, C], [4, NIL], [2, B]])
READ = torch.tensor([[1, 0, 2], [2, -1, -1], [-1] * 3, [-1] * 3])  # slots


def ranking(nonlinear=False):
    ranking = StoryRanking(
        VOCAB, STRANGERS, CandidateRanking(VOCAB, DIM, nonlinear=nonlinear, margin=0.5)
    ).double()
    with torch.no_grad():
        for parameter in ranking.parameters():
            parameter.normal_()
    return ranking


def heard():
    layout = Layout(2, ENTRIES, 3)
    encoder = BagEncoder(VOCAB, layout, contexts=True).double()
    features, query = encoder.encode_facts(FACTS).detach(), encoder.encode_question(QUESTIONS).detach()
    return Heard.of(layout, SharedMemory(features, features, SLOTS, MASK), query, READ)


def naive_story(row):
    """The sentences told, the question, and the words of the facts read, the last apart."""
    told = [FACTS[i].tolist() for i, there in zip(SLOTS[row], MASK[row]) if there]
    read = [set(FACTS[SLOTS[row, slot]].tolist()) for slot in READ[row] if slot >= 0]
    return told, QUESTIONS[row].tolist(), [set().union(*read[:-1]), read[-1] if read else set()]


def naive(ranking, state, row):
    """s_R of each candidate of one story, in margins; None where it is none."""
    told, question, (before, last) = naive_story(row)
    asked = ranking.ranking.asked(state[row][None])[0]
    scores = []
    for word in range(ENTRIES):
        if word < VOCAB:
            vector = ranking.ranking.candidate(ranking.ranking.words[word][None])[0]
        else:
            places = [(s, p) for s in (*told, question) for p, w in enumerate(s) if w == word]
            vectors = []
            for sentence, place in places:
                left, right = ([NIL, *sentence, NIL][place + step] for step in (0, 2))
                vectors += [ranking.sides[left]] if UNKNOWN < left < VOCAB else []
                vectors += [ranking.sides[VOCAB + right]] if UNKNOWN < right < VOCAB else []
            vector = sum(vectors, torch.zeros(DIM).double()) / len(places) if places else None
        if vector is None or word in (NIL, UNKNOWN):
            scores.append(None)
            continue
        for role, words in enumerate((question, before, last)):
            vector = vector + ranking.roles[role] * (word in words)
        scores.append(asked @ vector / ranking.ranking.margin)
    return scores


@pytest.mark.parametrize("nonlinear", [False, True])
def test_scores_and_gradients_are_those_of_the_equation(nonlinear):
    one, state = ranking(nonlinear), torch.randn(4, DIM, dtype=torch.float64, requires_grad=True)
    scores, ours, theirs = one(state, heard()), [], []
    for row in range(4):
        for word, expected in enumerate(naive(one, state, row)):
            if expected is None:
                assert scores[row, word] == torch.finfo(torch.float64).min
            else:
                ours.append(scores[row, word])
                theirs.append(expected)
    torch.testing.assert_close(torch.stack(ours), torch.stack(theirs))
    leaves = (state, one.sides, one.roles, one.ranking.words)
    grads = [torch.autograd.grad(torch.stack(each).sin().sum(), leaves) for each in (ours, theirs)]
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b)


def expected_loss(scores, right, hidden=()):
    wrong = [s for w, s in enumerate(scores) if s is not None and w != right and w not in hidden]
    return 0.5 * sum((1 - scores[right] + s).relu() for s in wrong)


def test_losses_rank_the_answer_above_entries_and_strangers():
    one, state = ranking(), torch.randn(4, DIM).double()
    losses = one.losses(state, heard(), torch.tensor([B, 3, A, C]))
    for row, right in enumerate((B, 3, A)):
        torch.testing.assert_close(losses[row], expected_loss(naive(one, state, row), right))
    assert losses[3] == 0  # no word of the story


def test_words_drawn_are_no_entries_and_found_in_the_story_under_another_id():
    """Words 2 and 3 were drawn; the stories have them as strangers VOCAB + 2 and VOCAB + 3, that is C."""
    one, state = ranking(), torch.randn(4, DIM).double()
    drawn = torch.tensor([False, False, True, True, False, False])
    losses = one.losses(state, heard(), torch.tensor([5, 2, 2, 3]), drawn)
    for row, (right, hidden) in enumerate([(5, (2, 3)), (C, (2, 3)), (C, (2, 3)), (3, (2,))]):
        torch.testing.assert_close(losses[row], expected_loss(naive(one, state, row), right, hidden))


def test_an_answer_never_seen_teaches_nothing_even_where_all_words_were_drawn():
    one, state = ranking(), torch.randn(4, DIM).double()
    drawn = torch.tensor([False, False, True, True, True, True])
    losses = one.losses(state, heard(), torch.full((4,), UNKNOWN), drawn)
    assert not losses.any()
    losses.sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in one.parameters())


def test_a_story_without_facts_and_without_strangers_is_ranked_as_ever():
    one, state = ranking(), torch.randn(1, DIM).double()
    nothing = torch.zeros(1, 0, dtype=torch.long)
    layout = Layout(2, ENTRIES, 3)
    encoder = BagEncoder(VOCAB, layout, contexts=True).double()
    memory = SharedMemory(
        torch.zeros(0, encoder.width).double(),
        torch.zeros(0, encoder.width).double(),
        nothing,
        nothing.bool(),
    )
    query = encoder.encode_question(torch.tensor([[NIL, NIL]]))
    scores = one(state, Heard.of(layout, memory, query, torch.full((1, 2), -1)))
    torch.testing.assert_close(scores[:, :VOCAB], one.ranking(state))
    assert (scores[:, VOCAB:] == torch.finfo(torch.float64).min).all()
