"""Which words stand in the same places: classes of words, and groups of words that stand for one.

Words are alike when the sentences they occur in are the same once they are blanked out. Found without
labels and without a list: only from how often which sentence was said.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import squareform

Sentence = tuple[str, ...]  # units: words, and groups of words that were joined
Classes = list[tuple[str, ...]]

BESIDE = 0.5  # similarity in the first pass, which sees only the two words beside
THRESHOLDS = (0.2, 0.375, 0.55, 0.725, 0.9)  # of similarity, a pass each: first rough, then strict
LEAST = 2  # times a word must occur
MOST = 3000  # words compared with each other, the commonest first
JOINS = 0.4  # share of a word's contexts that are a class's, for it to join the class
MERGES = 0.6  # similarity of two whole classes, for them to be one
PHRASE = 0.5  # similarity of a group of words to a class, for it to stand for one word
LONGEST = 3  # words in a group
BLANK = "_"


def find_classes(sentences: Mapping[Sentence, int]) -> Classes:
    """Classes of two words or more whose contexts are alike, the commonest class first.

    Similarity is the Bhattacharyya coefficient of the counts of contexts, sum_c sqrt(p(c) q(c)); linkage is
    average. A context is the sentence with the word blanked and every other classed word replaced by
    its class, which is why it takes passes: what is known of some words makes others alike. Of many
    names no two may stand in the same sentence, so the first pass looks at the words beside alone.
    """
    groups = _cluster(_find_neighbours(sentences), BESIDE)
    for threshold in THRESHOLDS:
        groups = _cluster(find_contexts(sentences, groups), threshold)
    return _join_alike(sentences, _join_leftovers(sentences, groups))


def _cluster(contexts: Mapping[str, Counter[str]], threshold: float) -> Classes:
    """Words of two contexts and more whose similarity is the threshold at least, on average."""
    counts = Counter({word: sum(seen.values()) for word, seen in contexts.items()})
    words = sorted(word for word, count in counts.most_common(MOST) if count >= LEAST)
    if len(words) < 2:
        return []
    profiles = _profiles([contexts[word] for word in words])
    distances = np.clip(1 - profiles @ profiles.T, 0, 1)
    np.fill_diagonal(distances, 0)
    labels = fcluster(average(squareform(distances, checks=False)), 1 - threshold, "distance")
    members = defaultdict(list)
    for word, label in zip(words, labels):
        members[label].append(word)
    return [tuple(group) for group in members.values() if len(group) > 1]


def _find_neighbours(sentences: Mapping[Sentence, int]) -> dict[str, Counter[str]]:
    """How often each word stood between which two."""
    contexts: dict[str, Counter[str]] = defaultdict(Counter)
    for units, count in sentences.items():
        for before, unit, after in zip(("", *units), units, (*units[1:], "")):
            contexts[unit][f"{before} {BLANK} {after}"] += count
    return contexts


def find_contexts(
    sentences: Mapping[Sentence, int], groups: Iterable[Sequence[str]]
) -> dict[str, Counter[str]]:
    """How often each word stood in which context."""
    labels = {word: f"#{number}" for number, group in enumerate(groups) for word in group}
    contexts: dict[str, Counter[str]] = defaultdict(Counter)
    for units, count in sentences.items():
        named = [labels.get(unit, unit) for unit in units]
        for place, unit in enumerate(units):
            contexts[unit][" ".join([*named[:place], BLANK, *named[place + 1 :]])] += count
    return contexts


def find_phrases(sentences: Mapping[Sentence, int], asked: Collection[Sentence]) -> set[Sentence]:
    """Groups of words that stand where one word can: 'box of chocolates' beside 'suitcase'.

    A group must occur in a question or an answer (`asked`), be alike to a class of words, and be no mere
    combination: neither several words of that class ('Mary and John'), nor words that differ from the
    other groups of the class in one place only, as then that one word would do ('a frog', 'a lion').
    """
    groups = find_classes(sentences)
    singles = [(word,) for word in _words(sentences) if all(word not in group for group in groups)]
    exemplars = [*groups, *singles]
    contexts = find_contexts(sentences, groups)
    labels = {word: f"#{number}" for number, group in enumerate(groups) for word in group}
    found: dict[Sentence, Counter[str]] = defaultdict(Counter)
    for units, count in sentences.items():
        named = [labels.get(unit, unit) for unit in units]
        for length in range(2, LONGEST + 1):
            for start in range(len(units) - length + 1):
                context = [*named[:start], BLANK, *named[start + length :]]
                found[units[start : start + length]][" ".join(context)] += count
    heard = {phrase for units in asked for phrase in _phrases(units)}
    profiles = [_profile(sum((contexts[word] for word in group), Counter())) for group in exemplars]
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


def _phrases(units: Sentence) -> Iterable[Sentence]:
    for length in range(2, LONGEST + 1):
        yield from (units[start : start + length] for start in range(len(units) - length + 1))


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
        table = _profiles([sum((contexts[word] for word in group), Counter()) for group in groups])
        similarity = np.triu(table @ table.T, 1)
        first, second = np.unravel_index(int(similarity.argmax()), similarity.shape)
        if similarity[first, second] < MERGES:
            break
        both = tuple(sorted(groups[first] + groups[second]))
        groups = [both if n == first else group for n, group in enumerate(groups) if n != second]
    return groups


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
