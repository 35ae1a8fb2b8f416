import pytest
import torch

from memnn.output_map.word_clusters import k_means, nearest_clusters


def test_words_of_three_directions_fall_apart_whatever_their_length():
    torch.manual_seed(0)
    centres = torch.eye(8)[:3]
    direction = torch.arange(60) % 3
    vectors = (centres[direction] + 0.05 * torch.randn(60, 8)) * torch.rand(60, 1).add(0.1)
    found = max(
        (k_means(vectors, 3, seed=seed) for seed in range(5)),
        key=lambda some: float((some @ vectors.T).max(0).values.sum()),
    )
    clusters = nearest_clusters(vectors, found)[:, 0]
    assert len({(int(a), int(b)) for a, b in zip(direction, clusters)}) == 3


def test_nearest_are_in_the_order_of_the_cosine():
    torch.manual_seed(0)
    vectors, centres = torch.randn(7, 4), torch.nn.functional.normalize(torch.randn(5, 4), dim=-1)
    for vector, found in zip(vectors, nearest_clusters(vectors, centres, 3).tolist()):
        cosines = [float(vector @ centre / vector.norm()) for centre in centres]
        assert found == sorted(range(5), key=lambda i: -cosines[i])[:3]
    assert nearest_clusters(vectors, centres, 9).shape == (7, 5)


def test_each_round_brings_words_nearer_to_their_centres():
    vectors = torch.randn(200, 6, generator=torch.Generator().manual_seed(1))
    points = torch.nn.functional.normalize(vectors, dim=-1)
    fit = [float((points @ k_means(vectors, 9, rounds=n).T).max(1).values.mean()) for n in (0, 1, 3, 10)]
    assert fit == sorted(fit)
    assert fit[-1] > fit[0] + 0.05


def test_same_seed_same_centres_and_no_cluster_stays_empty():
    vectors = torch.cat([torch.ones(50, 3), torch.eye(3)])
    centres = k_means(vectors, 4, seed=3)
    assert torch.equal(centres, k_means(vectors, 4, seed=3))
    assert not torch.equal(centres, k_means(vectors, 4, seed=4))
    torch.testing.assert_close(centres.norm(dim=-1), torch.ones(4))


def test_few_words_none_and_no_cluster():
    assert k_means(torch.randn(2, 3), 5).shape == (2, 3)
    assert k_means(torch.zeros(0, 3), 5).shape == (0, 3)
    assert nearest_clusters(torch.zeros(0, 3), torch.randn(5, 3), 2).shape == (0, 2)
    with pytest.raises(ValueError):
        k_means(torch.randn(2, 3), 0)
