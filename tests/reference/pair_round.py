"""What symbols are to one another, in plain loops.

Written from the equations of `memnn/output_map/pair_rounds.py`. `w` holds the parameters of a PairRounds by
name; a fact is its state and the symbol in each place, or None.
"""

import torch
from reference.symbol_hop import linear, norm


def begin(w, facts, symbols, dim):
    """e_st(0) by (s, t)."""
    pairs = {}
    for s in symbols:
        for t in symbols:
            said = w["untold"] + (w["same"] if s == t else 0)
            for state, fillers in facts:
                told = linear(w, "write", norm(w, "told", state)).reshape(len(fillers), len(fillers), dim)
                for p, first in enumerate(fillers):
                    for q, second in enumerate(fillers):
                        if (first, second) == (s, t):
                            said = said + told[p, q]
            pairs[s, t] = said
    return pairs


def go_through(w, pairs, symbols, heads, width):
    """sum_l w_slt v(y_sl) * u(y_lt), the heads one after the other."""
    parts = {pair: linear(w, "read", e).reshape(4, heads, width) for pair, e in pairs.items()}
    read = {}
    for s in symbols:
        for t in symbols:
            each = []
            for h in range(heads):
                scores = [parts[s, via][0, h] @ parts[via, t][1, h] / width**0.5 for via in symbols]
                total = 1 + sum(score.exp() for score in scores)
                each.append(
                    sum(
                        score.exp() / total * parts[s, via][2, h] * parts[via, t][3, h]
                        for score, via in zip(scores, symbols)
                    )
                )
            read[s, t] = torch.cat(each)
    return read


def rounds(w, facts, question, symbols, dim, heads, width, count):
    """The states of facts and question, what pairs say added where the question names two symbols."""
    if len({symbol for symbol in question[1] if symbol is not None}) < 2:
        return torch.stack([state for state, _ in [*facts, question]])
    first = begin(w, facts, symbols, dim)
    pairs = first
    for _ in range(count):
        read = go_through(w, {key: norm(w, "before", e) for key, e in pairs.items()}, symbols, heads, width)
        pairs = {key: first[key] + linear(w, "mix.2", linear(w, "mix.0", read[key]).relu()) for key in first}
    found = {key: norm(w, "after", e) for key, e in pairs.items()}
    nothing = torch.zeros(dim, dtype=w["same"].dtype)
    states, asked = [], question[1]
    for state, fillers in [*facts, question]:
        places = range(len(fillers))
        own = [found.get((fillers[p], fillers[q]), nothing) for q in places for p in places]
        theirs = [found.get((fillers[p], asked[q]), nothing) for q in places for p in places]
        states.append(state + linear(w, "show", torch.cat([*own, *theirs])))
    return torch.stack(states)
