"""Which words stand in the same places: classes of words, and groups of words that stand for one.

Words are alike when the sentences they occur in are the same once they are blanked out. Found without
labels and without a list: only from how often which sentence was said.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import squareform
from scipy.special import gammaln

Sentence = tuple[str, ...]  # units: words, and groups of words that were joined
Classes = list[tuple[str, ...]]

# A pass each: how many words of either side are seen, None for all, and the similarity that makes a class.
# Of many words no two may stand in the same sentence, so the first pass sees little; later ones are strict.
PASSES = ((1, 0.5), (None, 0.2), (None, 0.375), (None, 0.55), (None, 0.725), (None, 0.9))
CHANCE = 0.5  # most that the similarity of words is thought to have lost to their being rare
LEAST_CHANCE = 0.1  # and what is left of it at least between words of a class
LEAST = 2  # times a word must occur
MOST = 3000  # words compared with each other, the commonest first
JOINS = 0.4  # share of a word's contexts that are a class's, for it to join the class
MERGES = 0.6  # similarity of two whole classes, for them to be one
PHRASE = 0.5  # similarity of a group of words to a class, for it to stand for one word,
AROUND = 2  # by so many words of either side
LONGEST = 3  # words in a group
BLANK = "_"


def find_classes(sentences: Mapping[Sentence, int]) -> Classes:
    """Classes of two words or more whose contexts are alike, the commonest class first.

    Similarity is the Bhattacharyya coefficient of the counts of contexts, sum_c sqrt(p(c) q(c)), over what
    two samples of one distribution have on average (`_chance_similarities`); linkage is average. A context
    is the sentence, or the words beside, with the word blanked and every other classed word replaced by its
    class, which is why it takes passes: what is known of some words makes others alike.
    """
    groups: Classes = []
    for reach, threshold in PASSES:
        groups = _cluster(_shared(find_contexts(sentences, groups, reach)), threshold, groups)
    return _join_alike(sentences, _join_leftovers(sentences, groups))


def _shared(contexts: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Without the contexts of one word alone: where no sentence is said twice they would be all."""
    words = Counter(context for seen in contexts.values() for context in seen)
    return {word: Counter({c: n for c, n in seen.items() if words[c] > 1}) for word, seen in contexts.items()}


def _cluster(contexts: Mapping[str, Counter[str]], threshold: float, before: Classes) -> Classes:
    """Words of two contexts and more whose similarity is the threshold at least, on average; `before` are the
    classes of the pass before.
    """
    counts = Counter({word: sum(seen.values()) for word, seen in contexts.items()})
    words = sorted(word for word, count in counts.most_common(MOST) if count >= LEAST)
    if len(words) < 2:
        return []
    profiles = _profiles([contexts[word] for word in words])
    sizes = np.array([counts[word] for word in words])
    chance = _chance_similarities(profiles, sizes)
    places = {word: place for place, word in enumerate(words)}
    for group in before:
        own = [places[word] for word in group if word in places]
        both = np.ix_(own, own)
        chance[both] = np.minimum(chance[both], _chance_in_class(profiles[own], sizes[own]))
    alike = profiles @ profiles.T / chance
    distances = np.clip(1 - alike, 0, 1)
    np.fill_diagonal(distances, 0)
    labels = fcluster(average(squareform(distances, checks=False)), 1 - threshold, "distance")
    members = defaultdict(list)
    for word, label in zip(words, labels):
        members[label].append(word)
    return [tuple(group) for group in members.values() if len(group) > 1]


def _chance_similarities(
    profiles: Float[np.ndarray, "words contexts"], counts: Int[np.ndarray, " words"]
) -> Float[np.ndarray, "words words"]:
    """What two samples of one distribution have for a similarity on average, for each pair of words.

    To second order 1 - (K - 1) / 8 (1/n + 1/m), n and m being their sizes and K the contexts there are.
    """
    seen = (profiles > 0).astype(np.float32)
    own = seen.sum(1)
    contexts = own[:, None] + own - seen @ seen.T  # of either
    lost = (contexts - 1) / 8 * (1 / counts[:, None] + 1 / counts)
    similarity: Float[np.ndarray, "words words"] = 1 - np.minimum(lost, CHANCE)
    return similarity


def _chance_in_class(
    profiles: Float[np.ndarray, "words contexts"], counts: Int[np.ndarray, " words"]
) -> Float[np.ndarray, "words words"]:
    """The same for words that have the contexts of all of them, p, of which many may be too rare to be met by
    two: sum_c E sqrt(N_c) E sqrt(M_c) / sqrt(n m), N_c and M_c being Poisson of mean n p_c and m p_c.
    """
    weights = counts / counts.sum()
    shares = weights @ profiles**2
    mean_roots = _mean_root(counts[:, None] * shares) / np.sqrt(counts)[:, None]
    similarity: Float[np.ndarray, "words words"] = np.maximum(mean_roots @ mean_roots.T, LEAST_CHANCE)
    return similarity


def _mean_root(means: Float[np.ndarray, "words contexts"]) -> Float[np.ndarray, "words contexts"]:
    """E sqrt(N), N being Poisson: by its terms up to a mean of 10, sqrt(mean - 1/4) above."""
    grid = np.linspace(0, 10, 1001)
    numbers = np.arange(60)
    terms = np.exp(numbers * np.log(np.maximum(grid[:, None], 1e-12)) - grid[:, None] - gammaln(numbers + 1))
    below = np.interp(means, grid, terms @ np.sqrt(numbers))
    roots: Float[np.ndarray, "words contexts"] = np.where(
        means < 10, below, np.sqrt(np.maximum(means - 0.25, 0))
    )
    return roots


def find_contexts(
    sentences: Mapping[Sentence, int], groups: Iterable[Sequence[str]], reach: int | None = None
) -> dict[str, Counter[str]]:
    """How often each word stood in which context, of `reach` words on either side (None: all)."""
    contexts: dict[str, Counter[str]] = defaultdict(Counter)
    for units, named, count in _named(sentences, groups):
        for place, unit in enumerate(units):
            contexts[unit][_context(named, place, place + 1, reach)] += count
    return contexts


def _named(
    sentences: Mapping[Sentence, int], groups: Iterable[Sequence[str]]
) -> Iterator[tuple[Sentence, Sentence, int]]:
    """Each sentence, the same with classed words replaced by their class, and how often it was said."""
    labels = {word: f"#{number}" for number, group in enumerate(groups) for word in group}
    for units, count in sentences.items():
        yield units, tuple(labels.get(unit, unit) for unit in units), count


def _context(named: Sentence, start: int, end: int, reach: int | None) -> str:
    """What stands around the words from `start` to before `end`; ends of the sentence are seen too."""
    first = 0 if reach is None else start - reach
    last = len(named) if reach is None else end + reach
    seen = [*named[max(first, 0) : start], BLANK, *named[end:last]]
    return " ".join(["<"] * (first < 0) + seen + [">"] * (last > len(named)))


def find_phrases(sentences: Mapping[Sentence, int], asked: Collection[Sentence]) -> set[Sentence]:
    """Groups of words that stand where one word can: 'box of chocolates' beside 'suitcase'.

    A group must occur in a question or an answer (`asked`), be alike to a class of words, and be no mere
    combination: neither several words of that class ('Mary and John'), nor words that differ from the
    other groups of the class in one place only, as then that one word would do ('a frog', 'a lion').
    """
    groups = find_classes(sentences)
    singles = [(word,) for word in _words(sentences) if all(word not in group for group in groups)]
    exemplars = [*groups, *singles]
    contexts = find_contexts(sentences, groups, AROUND)
    found: dict[Sentence, Counter[str]] = defaultdict(Counter)
    for units, named, count in _named(sentences, groups):
        for start, end in _spans(units):
            found[units[start:end]][_context(named, start, end, AROUND)] += count
    heard = {units[start:end] for units in asked for start, end in _spans(units)}
    profiles = [_profile(_pooled(contexts, group)) for group in exemplars]
    alike: dict[int, list[Sentence]] = defaultdict(list)
    for phrase, seen in found.items():
        if phrase not in heard or sum(seen.values()) < LEAST:
            continue
        own = _profile(seen)
        scores = [sum(p * profile.get(c, 0.0) for c, p in own.items()) for profile in profiles]
        best = int(np.argmax(scores))
        if scores[best] >= PHRASE and sum(word in exemplars[best] for word in phrase) < 2:
            alike[best].append(phrase)
    return {
        phrase
        for best, phrases in alike.items()
        for phrase in phrases
        if phrase[0] in exemplars[best] or _varies(phrase, phrases)
    }


def _varies(phrase: Sentence, phrases: Sequence[Sentence]) -> bool:
    """Whether groups as long differ from each other in two places or more."""
    same_length = [other for other in phrases if len(other) == len(phrase)]
    return sum(len(set(words)) > 1 for words in zip(*same_length)) > 1


def _spans(units: Sentence) -> Iterator[tuple[int, int]]:
    """Where its groups of words begin and end."""
    for length in range(2, LONGEST + 1):
        yield from ((start, start + length) for start in range(len(units) - length + 1))


def _words(sentences: Iterable[Sentence]) -> list[str]:
    return sorted({unit for units in sentences for unit in units})


def _join_leftovers(sentences: Mapping[Sentence, int], groups: Classes) -> Classes:
    """Add to a class the words most of whose contexts are those of two or more of its members."""
    contexts = find_contexts(sentences, groups)
    shared = []
    for group in groups:
        by = Counter(context for word in group for context in contexts[word])
        shared.append({context for context, members in by.items() if members > 1})
    joined = [list(group) for group in groups]
    classed = {word for group in groups for word in group}
    for word in sorted(set(contexts) - classed):
        seen = contexts[word]
        total = sum(seen.values())
        shares = [sum(n for c, n in seen.items() if c in own) / total for own in shared]
        if shares and total >= LEAST and max(shares) >= JOINS:
            joined[int(np.argmax(shares))].append(word)
    weight = {id(group): sum(sum(contexts[word].values()) for word in group) for group in joined}
    return [tuple(sorted(group)) for group in sorted(joined, key=lambda group: -weight[id(group)])]


def _join_alike(sentences: Mapping[Sentence, int], groups: Classes) -> Classes:
    """Make one of the two most alike classes, and again, while any are alike enough."""
    while len(groups) > 1:
        contexts = find_contexts(sentences, groups)
        pooled = [_pooled(contexts, group) for group in groups]
        table, sizes = _profiles(pooled), np.array([sum(seen.values()) for seen in pooled])
        similarity = np.triu(table @ table.T, 1)
        for pair in np.argwhere(similarity >= MERGES * LEAST_CHANCE):
            similarity[*pair] /= _chance_in_class(table[pair], sizes[pair])[0, 1]
        first, second = np.unravel_index(int(similarity.argmax()), similarity.shape)
        if similarity[first, second] < MERGES:
            break
        both = tuple(sorted(groups[first] + groups[second]))
        groups = [both if n == first else group for n, group in enumerate(groups) if n != second]
    return groups


def _pooled(contexts: Mapping[str, Counter[str]], group: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word in group:
        counts.update(contexts[word])
    return counts


def _profile(seen: Counter[str]) -> dict[str, float]:
    total = sum(seen.values())
    return {context: (count / total) ** 0.5 for context, count in seen.items()}


def _profiles(rows: Sequence[Counter[str]]) -> np.ndarray:
    """A row a word, a column a context: the square roots of the shares."""
    columns: dict[str, int] = {}
    for row in rows:
        for context in row:
            columns.setdefault(context, len(columns))
    table = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for values, row in zip(table, rows):
        for context, share in _profile(row).items():
            values[columns[context]] = share
    return table
