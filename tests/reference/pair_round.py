"""What symbols are to one another, in plain loops.

Written from the equations of `memnn/output_map/pair_rounds.py` and `references.py`. `w` holds the parameters
of a PairRounds by name; a fact is its state, the symbol in each place, or None, and what the name there says.
"""

from itertools import product

import torch
from reference.symbol_hop import linear, norm


def filled(story, places, symbols):
    """P of one story, given as the symbols in the places of each sentence."""
    hot = torch.zeros(1, len(story), places, symbols, dtype=torch.float64)
    for sentence, fillers in enumerate(story):
        for place, symbol in enumerate(fillers):
            if symbol is not None:
                hot[0, sentence, place, symbol] = 1
    return hot


def refer(w, y, facts, heads, back, width, prefix="references."):
    """R by fact and head: the share of every symbol that it speaks of."""
    ask = [linear(w, prefix + "ask", each).reshape(heads, -1) for each in y]
    offer = [linear(w, prefix + "offer", each).reshape(heads, -1, width) for each in y]
    spoken = []
    for i in range(len(facts)):
        shares = []
        for h in range(heads):
            others = range(i - 1, -1, -1) if h < back else range(i + 1, len(facts))
            share, left = {}, 1.0
            for j in others:
                _, fillers, says = facts[j]
                if min(len({*facts[k][1]} - {None}) for k in (i, j)) > 1:
                    continue
                places = range(len(fillers))
                for p in reversed(places) if h < back else places:
                    if fillers[p] is None:
                        continue
                    z = ask[i][h, :width] @ offer[j][h, p] / width**0.5 + ask[i][h, width:] @ says[p]
                    fits = (z + w[prefix + "offset"][h, 0, 0]).sigmoid()
                    share[fillers[p]] = share.get(fillers[p], 0.0) + left * fits
                    left = left * (1 - fits)
            shares.append(share)
        spoken.append(shares)
    return spoken


def begin(w, facts, said, symbols, dim, heads, back, width):
    """e_st(0) by (s, t), `said` being what names say of each symbol."""
    y = [norm(w, "told", state) for state, _, _ in facts]
    spoken = refer(w, y, facts, heads, back, width)
    pairs = {(s, t): w["untold"] for s in symbols for t in symbols}
    for s in symbols:
        pairs[s, s] = pairs[s, s] + w["same"] + w["kind.weight"] @ said[s]
    for i, (_, fillers, _) in enumerate(facts):
        shares = [{} if filler is None else {filler: 1.0} for filler in fillers] + spoken[i]
        told = linear(w, "write", y[i]).reshape(len(shares), len(shares), dim)
        for p, first in enumerate(shares):
            for q, second in enumerate(shares):
                for s, t in product(first, second):
                    pairs[s, t] = pairs[s, t] + first[s] * second[t] * told[p, q]
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


def kinds(facts, question, symbols):
    """What names say of each symbol, the mean of its mentions."""
    mentions = [
        (filler, said)
        for _, fillers, says in [*facts, question]
        for filler, said in zip(fillers, says)
        if filler is not None
    ]
    nothing = torch.zeros_like(question[2][0])
    each = {s: [said for filler, said in mentions if filler == s] for s in symbols}
    return {s: sum(said, nothing) / max(len(said), 1) for s, said in each.items()}


def rounds(w, facts, question, symbols, dim, heads, width, count, referring):
    """The states of facts and question, what pairs say added where the question names two symbols."""
    if len({symbol for symbol in question[1] if symbol is not None}) < 2:
        return torch.stack([state for state, _, _ in [*facts, question]])
    first = begin(w, facts, kinds(facts, question, symbols), symbols, dim, *referring)
    pairs = first
    for _ in range(count):
        read = go_through(w, {key: norm(w, "before", e) for key, e in pairs.items()}, symbols, heads, width)
        pairs = {key: first[key] + linear(w, "mix.2", linear(w, "mix.0", read[key]).relu()) for key in first}
    found = {key: norm(w, "after", e) for key, e in pairs.items()}
    nothing = torch.zeros(dim, dtype=w["same"].dtype)
    states, asked = [], question[1]
    for state, fillers, _ in [*facts, question]:
        places = range(len(fillers))
        own = [found.get((fillers[p], fillers[q]), nothing) for q in places for p in places]
        theirs = [found.get((fillers[p], asked[q]), nothing) for q in places for p in places]
        states.append(state + linear(w, "show", torch.cat([*own, *theirs])))
    return torch.stack(states)
