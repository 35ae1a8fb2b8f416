"""MemN2N as one would write it first in plain PyTorch, beside the paper: what the library is compared with.

Every fact of every story is embedded word by word, in every hop, for A and for C. Sections in
brackets are of Sukhbaatar et al. 2015. Slots are padded in front with sentences of nil words.
"""

import torch
from torch import nn


class PlainMemN2N(nn.Module):
    """Adjacent weight tying, position encoding, temporal encoding; nil slots take part in the softmax."""

    def __init__(self, vocab: int, dim: int, hops: int, capacity: int) -> None:
        super().__init__()
        self.dim, self.hops, self.capacity = dim, hops, capacity
        self.embeddings = nn.ModuleList(nn.Embedding(vocab, dim, padding_idx=0) for _ in range(hops + 1))
        self.times = nn.ParameterList(nn.Parameter(0.1 * torch.randn(capacity, dim)) for _ in range(hops + 1))
        for embedding in self.embeddings:
            nn.init.normal_(embedding.weight, std=0.1)
            with torch.no_grad():
                embedding.weight[0] = 0.0

    def position_encoding(self, words: torch.Tensor) -> torch.Tensor:
        """l_kj = (1 - j/J) - (k/d)(1 - 2j/J), 0 for padding [4.1]."""
        filled = (words != 0).to(self.times[0].dtype).unsqueeze(-1)
        length = filled.sum(-2, keepdim=True).clamp(min=1)
        j = torch.arange(1, words.shape[-1] + 1, dtype=filled.dtype).view(-1, 1) / length
        k = torch.arange(1, self.dim + 1, dtype=filled.dtype) / self.dim
        return ((1 - j) - k * (1 - 2 * j)) * filled

    def forward(self, story: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        """Story [batch, capacity, words], question [batch, words]; scores [batch, vocab]."""
        there = (story != 0).any(-1)
        age = there.flip(1).cumsum(1).flip(1).sub(there.long()).clamp(max=self.capacity - 1)
        encoding = self.position_encoding(story)
        u = (self.embeddings[0](question) * self.position_encoding(question)).sum(1)
        for hop in range(self.hops):
            a, c = hop, hop + 1  # A_{k+1} = C_k [2.2]
            m = (self.embeddings[a](story) * encoding).sum(2) + self.times[a][age] * there.unsqueeze(-1)
            o = (self.embeddings[c](story) * encoding).sum(2) + self.times[c][age] * there.unsqueeze(-1)
            p = torch.softmax(torch.matmul(m, u.unsqueeze(-1)).squeeze(-1), -1)  # p_i = softmax(u.m_i) [2.1]
            u = u + torch.matmul(p.unsqueeze(1), o).squeeze(1)  # u + sum_i p_i c_i
        scores = u @ self.embeddings[-1].weight.T  # W^T = C_K
        return scores.index_fill(-1, torch.tensor([0]), torch.finfo(scores.dtype).min)
