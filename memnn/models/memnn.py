"""tmp"""
from dataclasses import dataclass
import torch
from torch import nn
from memnn.generalization.append import Append
from memnn.input_map.bags import BagEncoder
from memnn.models.network import MemoryNetwork, Answers
from memnn.output_map.hard_hops import HardChain
from memnn.response.candidate_ranking import CandidateRanking, ranking_losses
from memnn.text.vocabulary import UNKNOWN

class Net(MemoryNetwork):
    def losses(self, batch, *, softmax=True):
        memory = self.write(batch)
        o, state = self.output_map.follow(memory, self.input_map.encode_question(batch.question), batch.supporting)
        scores = self.respond(state)
        return o + ranking_losses(scores, batch.answer, self.margin) * (batch.answer != UNKNOWN)
    def respond(self, state):
        d = self.input_map.dim
        return self.response(state[:, d:2*d])
    def ask(self, memory, question, *, softmax=True):
        state, trace = self.output_map(memory, self.input_map.encode_question(question))
        return Answers(self.respond(state), trace)
    def measure(self, batch, *, softmax=True):
        scores = self.forward(batch).scores
        return self.losses(batch), (scores.argmax(-1) == batch.answer) & (batch.answer != UNKNOWN)

@dataclass(frozen=True)
class MemNN:
    dim: int = 50
    hops: int = 2
    adaptive: bool = False
    time: bool = True
    ngrams: int = 1
    buckets: int = 4096
    nonlinear: bool = False
    margin: float = 0.1
    capacity: int | None = None
    both: bool = True
    again: bool = True
    init: float = 0.1
    def build(self, vocab):
        enc = BagEncoder(vocab, self.dim, ngrams=self.ngrams, buckets=self.buckets, init=self.init)
        o = HardChain(self.dim, self.hops, adaptive=self.adaptive, nonlinear=self.nonlinear, time=self.time, margin=self.margin, both=self.both, again=self.again)
        r = CandidateRanking(vocab, self.dim, nonlinear=self.nonlinear)
        net = Net(enc, Append(self.capacity), o, r)
        net.margin = self.margin
        return net
