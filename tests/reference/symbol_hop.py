"""A hop of the Symbol Memory Network in plain loops, node by node, head by head and register by register.

Written from the equations of `memnn/output_map/recency.py` and `symbol_hops.py`: no einsum, no batch, no
arithmetic with masks. `w` holds the parameters of a SymbolHops by name.
"""

import math

import torch

KINDS = ("latest", "next", "soft", "sum")


def fits(score):
    return 1 / (1 + torch.exp(-score))


def share(kind, scores, i, j, there):
    """The weight w_ij with which node i reads node j; `there` are the nodes that are no padding."""
    others = [k for k in there if k != i]
    if j not in others:
        return 0.0
    if kind == "latest":
        return fits(scores[j]) * math.prod(1 - fits(scores[k]) for k in others if j < k < i) * (j < i)
    if kind == "next":
        return fits(scores[j]) * math.prod(1 - fits(scores[k]) for k in others if i < k < j) * (j > i)
    if kind == "soft":
        return torch.exp(scores[j]) / (1 + sum(torch.exp(scores[k]) for k in others))
    return fits(scores[j])


def linear(w, name, x):
    return w[f"{name}.weight"] @ x + w[f"{name}.bias"]


def norm(w, name, x):
    return x / (x.pow(2).mean() + torch.finfo(x.dtype).eps).sqrt() * w[f"{name}.weight"]


def held(choice, registers):
    """A mixture of registers: a share of 1 over symbols."""
    return sum(part * register for part, register in zip(choice, registers))


def hop(w, states, registers, there, heads, places, width):
    """New states and registers of the nodes of one story, and the weights [head][i][j].

    In a hop of the question alone these are those of the last node; the others stay as they are.
    """
    nodes, count, many = range(len(states)), sum(heads), len(registers[0])
    kinds = [kind for kind, number in zip(KINDS, heads) for _ in range(number)]
    xs = [norm(w, "before", x) for x in states]
    ask = [linear(w, "ask", x).reshape(count, -1).split([width, many], 1) for x in xs]  # q, a of every head
    offer = [linear(w, "offer", x).reshape(count, -1).split([width, width, many, many], 1) for x in xs]
    reads = []
    for h, kind in enumerate(kinds):
        head = []
        for i in nodes:
            scores = []
            for j in nodes:
                (q, a), (k, _, b, _) = (part[h] for part in ask[i]), (part[h] for part in offer[j])
                same = held(a, registers[i]) @ held(b, registers[j])
                scores.append(q @ k / math.sqrt(width) + w["gain"][h, 0] * same + w["offset"][h, 0])
            head.append([share(kind, scores, i, j, there) for j in nodes])
        reads.append(head)
    new_states, new_registers = [], []
    asked = registers[-1][:places]
    for i in nodes:
        found, contents, totals = [], [], []
        for h in range(count):
            pairs = list(zip(reads[h][i], nodes))
            contents.append(sum(weight * offer[j][1][h] for weight, j in pairs))
            moved = sum(weight * held(offer[j][3][h].softmax(0), registers[j]) for weight, j in pairs)
            total = torch.as_tensor(sum(reads[h][i]), dtype=states[0].dtype)
            totals.append(total)
            found.append(moved / total if total > 1 else moved)  # a sum may read more than one
        equal = [p @ r for p in registers[i] for r in registers[i]]
        equal += [p @ r for p in registers[i] for r in asked]
        asked_for = [torch.stack([symbol @ r for r in asked]).max() for symbol in found]
        seen = torch.cat([xs[i], *contents, torch.stack([*equal, *totals, *asked_for])])
        state = states[i] + linear(w, "mix.3", linear(w, "mix.0", seen).clamp(min=0))
        sources = [*found, None, *registers[i][:places]]  # None: itself
        moves = linear(w, "move", norm(w, "after", state)).reshape(-1, len(sources)).softmax(1)
        scratch = [
            held(move, [old if source is None else source for source in sources])
            for move, old in zip(moves, registers[i][places:])
        ]
        new_states.append(state)
        new_registers.append([*registers[i][:places], *scratch])
    return new_states, new_registers, reads
