"""Clusters of word vectors, so that a word and its synonyms hash alike (Weston et al. 2014, section 3.3)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

_ROWS = 8192  # compared at a time: bounds the memory used


def k_means(
    vectors: Float[Tensor, "vocab dim"], clusters: int, *, rounds: int = 10, seed: int = 0
) -> Float[Tensor, "clusters dim"]:
    """Centres of clusters of directions: K-means by cosine, as vectors of common words are longer.

    A cluster that lost all its words starts anew from a random word. With fewer words than
    clusters, each word is a centre. Raises ValueError for no cluster.
    """
    if clusters < 1:
        raise ValueError(f"expected at least one cluster, not {clusters}")
    rng = torch.Generator().manual_seed(seed)
    points = nn.functional.normalize(vectors.detach(), dim=-1)
    order = torch.randperm(len(points), generator=rng)
    centres = points[order[:clusters]]
    for _ in range(rounds if len(centres) else 0):
        cluster = nearest_clusters(points, centres)[:, 0]
        sums = torch.zeros_like(centres).index_add(0, cluster, points)
        empty = torch.bincount(cluster, minlength=len(centres)) == 0
        fresh = torch.randint(len(points), (int(empty.sum()),), generator=rng)
        sums[empty] = points[fresh]
        centres = nn.functional.normalize(sums, dim=-1)
    return centres


def nearest_clusters(
    vectors: Float[Tensor, "vocab dim"], centres: Float[Tensor, "clusters dim"], count: int = 1
) -> Int[Tensor, "vocab count"]:
    """The clusters whose centres point most nearly as each word does, nearest first."""
    count = min(count, len(centres))
    found = [(some @ centres.T).topk(count).indices for some in torch.split(vectors.detach(), _ROWS)]
    return torch.cat(found) if found else torch.zeros(0, count, dtype=torch.long)
