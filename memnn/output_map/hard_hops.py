"""tmp"""
import torch
from torch import Tensor, nn
from memnn.input_map.bags import Squash
from memnn.memory import Reading
from memnn.output_map.hard_chain import *
from memnn.output_map.soft_read import shared_scores, shared_sum

class HardChain(nn.Module):
    def __init__(self, dim, hops, *, adaptive, nonlinear, time, margin, both=True, init=0.1, again=True):
        super().__init__()
        self.dim,self.hops,self.adaptive,self.margin,self.both=dim,hops,adaptive,margin,both
        self.query, self.candidate = Squash(dim, nonlinear), Squash(dim, nonlinear)
        self.stop = nn.Parameter(init*torch.randn(1,dim)) 
        self.time = nn.Parameter(torch.zeros(3,dim)) if time else None
        self.again=again

    def start(self, memory, query):
        keys = self.candidate(torch.cat([memory.keys[:, :self.dim], self.stop]))
        slots = memory.slots.shape[1]
        return query, keys, query.new_zeros(len(query), dtype=torch.long)+slots

    def scores(self, memory, keys, query, read_at, done):
        q = self.query(query[:, :self.dim])
        stop_slot = torch.full_like(memory.slots[:, :1], len(keys)-1) if memory.slots.shape[1] else torch.full((len(query),1), len(keys)-1)
        slots = torch.cat([memory.slots, stop_slot],1)
        gains = shared_scores(q, keys, slots)
        can_stop = torch.full_like(stop_slot, self.adaptive).bool()
        mask = torch.cat([memory.mask & ~done, can_stop | ~memory.mask.any(-1,keepdim=True)],1)
        times = q @ self.time.T if self.time is not None else q.new_zeros(len(q),3)
        return Scores(gains, times, read_at, mask)

    def step(self, memory, query, read_at, done, slot):
        """query after reading slot (may be stop)"""
        n = memory.slots.shape[1]
        place = torch.arange(n)
        hit = (place == slot[:,None])
        weights = hit.to(query.dtype)
        read = shared_sum(weights, memory.values[:, self.dim:], memory.slots)
        return query + read, torch.where(slot < n, slot, read_at), done | hit if not self.again else done, Reading(read, weights)

    def forward(self, memory, query, *, softmax=True):
        state, keys, read_at = self.start(memory, query)
        stopped = None
        n = memory.slots.shape[1]
        done = torch.zeros_like(memory.mask)
        stopped = torch.zeros_like(read_at).bool()
        trace=[]
        for _ in range(self.hops):
            slot = hard_read(self.scores(memory, keys, state, read_at, done))
            stopped = stopped | (slot == n)
            slot = torch.where(stopped, n, slot)
            state, read_at, done, reading = self.step(memory, state, read_at, done, slot)
            trace.append(reading)
        return state, tuple(trace)

    def follow(self, memory, query, supporting):
        """losses of all hops with the true facts read, and the state after all of them"""
        state, keys, read_at = self.start(memory, query)
        n = memory.slots.shape[1]
        losses = query.new_zeros(len(query)); done = torch.zeros_like(memory.mask)
        active = torch.ones_like(read_at).bool()
        for hop in range(min(self.hops, supporting.shape[1]+1)):
            target = supporting[:, hop] if hop < supporting.shape[1] else torch.full_like(supporting[:,0], -1)
            target = torch.where(target < 0, n, target)
            lo = hop_losses(self.scores(memory, keys, state, read_at, done), target, self.margin, self.both)
            if not self.adaptive: active = active & (target < n)
            losses = losses + lo * active
            active = active & (target < n)
            state, read_at, done, _ = self.step(memory, state, read_at, done, torch.where(active, target, n))
        return losses, state
