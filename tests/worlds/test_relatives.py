import random
import re
from collections import Counter

import pytest
from reference.kinship import relations

from memnn.worlds.families import LINKS, WORDS
from memnn.worlds.knobs import Knobs
from memnn.worlds.relatives import MEN, OF_TWO, TELLINGS, WOMEN, relatives

MEANS = {word: relation for relation in LINKS for word in WORDS[relation]}
GENDERS = {**dict.fromkeys(MEN, 0), **dict.fromkeys(WOMEN, 1)}


def form(telling):
    """The telling as a pattern; what it repeats must be the same again."""
    pattern, seen = "", set()
    for piece in re.split(r"(\{\w+\})", telling):
        slot = piece.strip("{}")
        if not piece.startswith("{"):
            pattern += re.escape(piece)
        else:
            pattern += f"(?P={slot})" if slot in seen else rf"(?P<{slot}>[\w-]+)"
            seen.add(slot)
    return re.compile(pattern)


FORMS = [form(telling) for telling in (*OF_TWO, *TELLINGS)]


def read(sentence):
    """Who is what of whom, in one sentence; words and pronouns must go with the names."""
    said = next(match for pattern in FORMS if (match := pattern.fullmatch(sentence))).groupdict()
    links = [(said["a"], said["word"], said["b"])]
    links += [(said["c"], said["other"], said["b"])] if "c" in said else []
    for one, word, _ in links:
        assert WORDS[MEANS[word]][GENDERS[one]] == word
    assert said.get("his") in (None, ("his", "her")[GENDERS[said["b"]]])
    assert said.get("she") in (None, ("he", "she")[GENDERS[said["a"]]])
    return [(one, MEANS[word], other) for one, word, other in links]


def asked(question):
    return re.fullmatch(r"How is (\w+) related to (\w+)\?", question).groups()


@pytest.mark.parametrize(
    "knobs", [Knobs(), Knobs(hops=2, facts=2), Knobs(hops=3, facts=12), Knobs(hops=10, facts=10)]
)
def test_a_reader_finds_the_answers_in_the_supporting_facts(knobs):
    for seed in range(40):
        (story,) = relatives(random.Random(seed), knobs)
        links = [link for place in story.supporting for link in read(story.facts[place])]
        assert relations(links, GENDERS, *asked(story.question)) == set(story.answer)
        if knobs.facts:
            assert sum(len(read(fact)) for fact in story.facts) == knobs.facts


def test_all_ways_of_telling_are_told_and_two_links_now_and_then():
    facts = [fact for seed in range(300) for fact in relatives(random.Random(seed), Knobs())[0].facts]
    told = Counter(next(n for n, pattern in enumerate(FORMS) if pattern.fullmatch(fact)) for fact in facts)
    assert set(told) == set(range(len(FORMS)))
    assert 0.1 < sum(told[n] for n in range(len(OF_TWO))) / len(facts) < 0.25


def test_names_are_of_one_gender_each_and_of_enough_people():
    assert len({*MEN, *WOMEN}) == len(MEN) + len(WOMEN) == 80
    with pytest.raises(ValueError, match=r"at least \d+ (wo)?men"):
        relatives(random.Random(0), Knobs(facts=90))


@pytest.mark.parametrize("knobs", [Knobs(questions=2), Knobs(actors=("Al", "Bo"))])
def test_knobs_it_has_no_use_for(knobs):
    with pytest.raises(ValueError, match="does not let"):
        relatives(random.Random(0), knobs)
