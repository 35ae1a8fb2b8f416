import torch

from memnn.output_map.hashed_slots import HashedSlots, hash_by_clusters

# no word, unknown, then two directions with two words each; strangers are 6, 7 and 8
VECTORS = torch.tensor([[0.0, 0.0], [0.0, 0.0], [1.0, 0.1], [1.0, -0.1], [-0.1, 1.0], [0.1, 1.0]])


def test_words_alike_share_a_cluster_and_a_stranger_is_alone():
    hashed = hash_by_clusters(VECTORS, strangers=3, clusters=6)()  # each word is a centre, and looks into two
    for word in range(9):
        assert hashed.add([word]) == word
    assert hashed.candidates([2]).tolist() == [2, 3]
    assert hashed.candidates([5]).tolist() == [4, 5]
    for stranger in (6, 7, 8):
        assert hashed.candidates([stranger]).tolist() == [stranger]


def test_a_question_looks_at_unread_facts_behind_the_padding():
    words = torch.tensor([[2, 4], [3, 4], [5, 0]])
    slots = torch.tensor([[0, 0, 1, 2], [2, 1, 0, 0]])
    mask = torch.tensor([[False, True, True, True], [True] * 4])
    hashed = HashedSlots(hash_by_clusters(VECTORS, 0, 6), words, slots, mask, look_at=100)
    unread = mask.clone()
    unread[1, 2] = False
    found = hashed.among(torch.tensor([[1], [2]]), unread)
    assert found[0].tolist() == mask[0].tolist()  # nothing known was said: all
    assert found[1, 3] and not found[1, 2]
