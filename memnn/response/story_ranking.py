"""R, one word, known or not: ranks the vocabulary and the strangers of the story.

Weston, Chopra, Bordes 2014, sections 3.5 and 3.6.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.input_map.bags import Layout
from memnn.input_map.sentence import word_vectors
from memnn.input_map.unseen import neighbours, without_strangers
from memnn.memory import SharedMemory
from memnn.response.candidate_ranking import CandidateRanking, ranking_losses
from memnn.text.vocabulary import NIL, UNKNOWN

ROLES = 3  # in the question, in a fact read before the last, in the fact read last


@dataclass(frozen=True)
class Heard:
    """The words of a story, a question, and the facts read for it. Strangers have ids from vocab on."""

    facts: Int[Tensor, "facts words"]
    slots: Int[Tensor, "batch slots"]
    mask: Bool[Tensor, "batch slots"]
    question: Int[Tensor, "batch words"]
    roles: Float[Tensor, "batch roles entries"]  # 1 where a word stands in the question or a fact read

    @classmethod
    def of(
        cls,
        layout: Layout,
        memory: SharedMemory,
        query: Float[Tensor, "batch features"],
        read: Int[Tensor, "batch hops"],
    ) -> "Heard":
        """From what the layout keeps; `read` has the slots read in order, -1 where none was."""
        _, asked, question = layout.split_question(query)
        _, _, _, sets, facts = layout.split_fact(memory.values)
        sets = nn.functional.pad(sets, (0, 0, 0, 1))  # last, that of reading nothing
        slots = nn.functional.pad(memory.slots, (0, 1), value=len(sets) - 1)
        before, last = torch.zeros_like(asked), torch.zeros_like(asked)
        for slot in read.unbind(1):
            some = (slot >= 0)[:, None]
            fact = slots.gather(1, slot.where(slot >= 0, slots.shape[1] - 1)[:, None]).squeeze(1)
            before = before + last * some
            last = nn.functional.embedding(fact, sets).where(some, last)
        roles = torch.stack([asked, before.clamp(max=1), last], 1)
        return cls(facts.long(), memory.slots, memory.mask, question.long(), roles)


class StoryRanking(nn.Module):
    """r = argmax_w s_R(x, w) over the vocabulary and the words that only the story has.

        s_R(x, w) = E(x) . E(w)                          of a word known: a vector of its own
                  = E(x) . mean of l_left + r_right      of a stranger: the words beside it, wherever it
                                                         stands in the facts and in the question
                  + E(x) . sum of u_role                 of both: a feature each for standing in the
                                                         question, in a fact read, in the fact read last

    The paper has a matching feature for each word; here words share them, so that what is learnt of
    the words of training holds for any. Only the words that the layout keeps in order are looked at.
    """

    def __init__(self, vocab: int, strangers: int, ranking: CandidateRanking, init: float = 0.1) -> None:
        super().__init__()
        dim = ranking.words.shape[1]
        self.vocab, self.strangers, self.ranking = vocab, strangers, ranking
        self.sides = word_vectors(2 * vocab, dim, init)  # words to the left, then to the right
        self.roles = nn.Parameter(torch.zeros(ROLES, dim))  # u

    def forward(self, state: Float[Tensor, "batch dim"], heard: Heard) -> Float[Tensor, "batch entries"]:
        """Scores in margins of every entry, then of the strangers; the lowest of those not in the story."""
        scores, there = self._scores(state, heard)
        return scores.masked_fill(~there, torch.finfo(scores.dtype).min)

    def losses(
        self,
        state: Float[Tensor, "batch dim"],
        heard: Heard,
        answer: Int[Tensor, " batch"],
        drawn: Bool[Tensor, " vocab"] | None = None,
    ) -> Float[Tensor, " batch"]:
        """The ranking losses; 0 where the answer is neither an entry nor a word of the story.

        The words drawn were taken for strangers (see `estrange`), so they are no entries, but for an
        answer that does not stand in its story: nobody could find it there. There must be as many
        strangers as entries.
        """
        scores, there = self._scores(state, heard)
        if drawn is not None:
            stranger = answer + self.vocab
            found = drawn[answer] & there.gather(1, stranger[:, None]).squeeze(1)
            answer = torch.where(found, stranger, answer)
            hidden = nn.functional.pad(drawn, (0, self.strangers))
            there = there & (~hidden | (torch.arange(len(hidden), device=answer.device) == answer[:, None]))
        seen = there.gather(1, answer[:, None]).squeeze(1)
        right = torch.where(seen, answer, there.long().argmax(1))  # one that stands in for none
        scores = scores.masked_fill(~there, torch.finfo(scores.dtype).min)
        return self.ranking.margin * ranking_losses(scores, right, 1.0) * seen

    def _scores(self, state: Tensor, heard: Heard) -> tuple[Tensor, Tensor]:
        """Scores in margins, and which candidates there are."""
        asked = self.ranking.asked(state)
        contexts, counts = context_scores(asked @ self.sides.T, heard, self.strangers)
        roles = (asked @ self.roles.T)[:, :, None] * heard.roles
        added = torch.cat([torch.zeros_like(counts[:, :1]).expand(-1, self.vocab), contexts], 1)
        scores = (added + roles.sum(1)) / self.ranking.margin
        known = torch.ones(self.vocab, dtype=torch.bool, device=state.device)
        known = known.index_fill(0, torch.tensor([NIL, UNKNOWN], device=state.device), False)
        there = torch.cat([known.expand(len(state), -1), counts > 0], 1)
        return scores + nn.functional.pad(self.ranking(state), (0, self.strangers)), there


def context_scores(
    by_side: Float[Tensor, "batch sides"], heard: Heard, strangers: int
) -> tuple[Float[Tensor, "batch strangers"], Float[Tensor, "batch strangers"]]:
    """For each stranger the mean, over all its places, of what the words beside it score; how many places.

    `by_side` scores every word as left neighbour, then every word as right one, so that no vector of a
    stranger is ever made: a place gathers two scores.
    """
    vocab = by_side.shape[1] // 2
    told = nn.functional.embedding(heard.slots, heard.facts) * heard.mask[:, :, None]
    words = torch.cat([told.flatten(1), heard.question], 1)
    beside = [torch.cat(pair, 1) for pair in zip(_beside(told, vocab), _beside(heard.question, vocab))]
    scored = sum(by_side.gather(1, side + first) * (side != NIL) for side, first in zip(beside, (0, vocab)))
    is_stranger = words >= vocab
    place = (words - vocab).clamp(min=0)
    nothing = by_side.new_zeros(len(words), strangers)
    counts = nothing.scatter_add(1, place, is_stranger.to(by_side.dtype))
    total = nothing.scatter_add(1, place, scored * is_stranger)
    return total / counts.clamp(min=1), counts


def _beside(sentences: Int[Tensor, "..."], vocab: int) -> tuple[Tensor, Tensor]:
    """The words left and right of each place where a stranger stands, in a row for each story."""
    left, right = neighbours(without_strangers(sentences.flatten(0, -2), vocab))
    return left.view(sentences.shape).flatten(1), right.view(sentences.shape).flatten(1)
