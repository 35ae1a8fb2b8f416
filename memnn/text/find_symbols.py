"""Finding symbols in training stories, without labels and without a list of words.

Words that stand in the same places are candidates (`word_classes.py`), and so are groups of words that stand
where one can; `exchange.py` judges which of them are symbols, and where they keep their own meaning.
"""

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from memnn.story import Story
from memnn.text.asked import by_kind
from memnn.text.exchange import judge
from memnn.text.symbols import Symbols, are_capital
from memnn.text.tokenizer import fold, tokenize
from memnn.text.word_classes import find_classes, find_phrases

SPELLED_ALIKE = 0.55  # of two forms of one word, on average over a class


def find_symbols(stories: Sequence[Story], given: Sequence[Sequence[str]] = ()) -> Symbols:
    """The symbols of training stories. `given` classes are taken as they are, beside those found."""
    return _find_symbols(tuple(stories), tuple(map(tuple, given)))


@functools.lru_cache(maxsize=1)  # a plan asks for those of its stories, and then the lexicon
def _find_symbols(stories: Sequence[Story], given: Sequence[Sequence[str]]) -> Symbols:
    sentences = _count_sentences(stories)
    asked = {tokenize(story.question) for story in stories}
    asked |= {tokenize(item) for story in stories for item in story.answer}
    told = Counter({word for words in sentences for word in words})
    phrases = find_phrases(sentences, asked) | _answers_of_several_words(stories, sentences)
    phrases |= {tokenize(word) for words in given for word in words if len(tokenize(word)) > 1}
    joining = Symbols((tuple(" ".join(phrase) for phrase in sorted(phrases)),), words=frozenset(told))
    joined: Counter[tuple[str, ...]] = Counter()
    for words, count in sentences.items():
        joined[tuple(joining.units(words))] += count
    often = Counter(unit for words, count in joined.items() for unit in words for _ in range(min(count, 2)))
    taken = tuple(tuple(fold(word) for word in words) for words in given)
    known = {word for words in taken for word in words}
    classes = [*taken]
    for group in find_classes(joined):
        rest = tuple(word for word in group if word not in known)
        if len(rest) > 1:
            classes.append(rest)
    symbols = Symbols(tuple(classes), words=frozenset(word for word, n in often.items() if n > 1))
    symbols = _link_forms(stories, symbols)
    symbols = judge(stories, symbols, len(taken))
    told_once = dict.fromkeys(sentence for story in stories for sentence in (*story.facts, story.question))
    return replace(symbols, capital=are_capital(symbols, told_once))


def _count_sentences(stories: Sequence[Story]) -> Counter[tuple[str, ...]]:
    """How often each sentence was said; facts that several questions share count once."""
    counts: Counter[tuple[str, ...]] = Counter()
    before: tuple[str, ...] = ()
    for story in stories:
        goes_on = len(before) if before and story.facts[: len(before)] == before else 0
        counts.update(tokenize(fact) for fact in story.facts[goes_on:])
        counts[tokenize(story.question)] += 1
        before = story.facts
    return counts


def _answers_of_several_words(
    stories: Sequence[Story], sentences: Collection[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Answers of two or three words that facts hold word for word."""
    answers = {words for story in stories for item in story.answer if 1 < len(words := tokenize(item)) <= 3}
    if not answers:
        return set()
    held = {words[i : i + n] for words in sentences for n in (2, 3) for i in range(len(words) - n + 1)}
    return answers & held


def _link_forms(stories: Sequence[Story], symbols: Symbols) -> Symbols:
    """Take two classes for one where the words of one are forms of the other's, as 'mice' of 'mouse'.

    Answers of the first stand nowhere in the story while each has its own word of the second that
    always does, and the two are spelled alike.
    """
    present: dict[str, Counter[str]] = defaultdict(Counter)
    times: Counter[str] = Counter()
    for questions in by_kind(stories, symbols).values():
        for question in questions:
            for item in question.answer:
                if item not in question.present and symbols.class_of(item) is not None:
                    times[item] += 1
                    present[item].update(question.present)
    forms: dict[str, str] = {}
    for number, bases in enumerate(symbols.classes):
        lost = [base for base in bases if times[base] > 1]
        if len(lost) < 2:
            continue
        for other, words in enumerate(symbols.classes):
            pairs = {}
            for base in lost:
                always = [word for word in words if present[base][word] == times[base]]
                if always and other != number:
                    pairs[base] = max(always, key=lambda word: _alike(base, word))
            whole = len(pairs) == len(lost) == len(set(pairs.values()))
            if whole and sum(_alike(*pair) for pair in pairs.items()) / len(lost) >= SPELLED_ALIKE:
                forms |= {word: base for base, word in pairs.items()}
    if not forms:
        return symbols
    return _with_forms(stories, symbols, forms)


def _with_forms(stories: Sequence[Story], symbols: Symbols, forms: dict[str, str]) -> Symbols:
    """The classes joined: a form's class gives way, and words of it that have no other form are their own."""
    classes = []
    for words in symbols.classes:
        bases = [word for word in words if word not in forms]
        if len(bases) == len(words):
            into = [
                other
                for other in symbols.classes
                for form, base in forms.items()
                if base in words and form in other
            ]
            extra = [word for other in into for word in other if word not in forms]
            classes.append(tuple(sorted({*words, *extra})))
        elif not any(forms[form] for form in words if form in forms):
            classes.append(tuple(bases))
    linked = replace(symbols, classes=tuple(classes), forms=forms)
    places: Counter[tuple[str, int]] = Counter()
    bases_at: Counter[tuple[str, int]] = Counter()
    for sentence in {fact for story in stories for fact in story.facts}:
        units = linked.units(tokenize(sentence))
        kind, place = linked.parse(sentence).kind, 0
        for unit in units:
            if not linked.is_known(unit) or linked.class_of(unit) is not None or unit in forms:
                places[kind, place] += unit in forms
                bases_at[kind, place] += unit not in forms
                place += 1
    return replace(linked, inflected=frozenset(p for p, n in places.items() if n > bases_at[p]))


def _alike(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second).ratio()
