import numpy as np
import pytest

from memnn.worlds.triples import PHRASES, triples


def world(seed=0, facts=3000, **sizes):
    return triples(np.random.default_rng(seed), facts, **{"entities": 800, "relations": 40, **sizes})


def test_facts_are_told_once_in_the_words_of_their_meaning():
    told = world()
    assert len(told.facts) == len(told.meaning) == 3000
    relation_of = {tuple(p): r for r, ways in enumerate(told.phrases.tolist()) for p in map(tuple, ways)}
    entity_of = {name: e for e, names in enumerate(told.names.tolist()) for name in names}
    known = set()
    for (subject, verb, entity, small), meaning in zip(told.facts.tolist(), told.meaning.tolist()):
        assert [relation_of[verb, small], entity_of[entity]] == meaning
        known.add((entity_of[subject], *meaning))
    assert len(known) == 3000


def test_a_question_means_its_fact_in_any_of_its_words():
    told = world()
    asked = np.arange(3000)
    ways, other_names, same_words = set(), 0, 0
    for fact, (who, verb, name, small) in zip(asked, told.ask(np.random.default_rng(1), asked).tolist()):
        relation, entity = told.meaning[fact]
        assert who == told.who and told.words[who] == "who"
        assert [verb, small] in told.phrases[relation].tolist()
        assert name in told.names[entity]
        ways.add((relation, verb))
        other_names += name != told.names[entity, 0]
        same_words += [verb, name, small] == told.facts[fact, 1:].tolist()
    assert len(ways) > 60  # of 40 relations: paraphrases
    assert 200 < other_names < 1000  # 0.3 of the entities have one; half the questions use it
    assert 600 < same_words < 2400


def test_right_is_any_fact_of_the_relation_and_object():
    told = world()
    twins = {}
    for slot, meaning in enumerate(map(tuple, told.meaning.tolist())):
        twins.setdefault(meaning, []).append(slot)
    same = next(slots for slots in twins.values() if len(slots) > 1)
    other = next(slots for slots in twins.values() if same[0] not in slots)
    asked = np.array([same[0]] * 4)
    read = np.array([same[0], same[1], other[0], -1])
    assert told.is_right(asked, read).tolist() == [True, True, False, False]
    assert told.is_right(np.array([2999]), np.array([-1])).tolist() == [False]


def test_no_entity_is_both_subject_and_object_of_a_relation():
    told = world()
    subjects, objects = {}, {}
    for (subject, *_), (relation, entity) in zip(told.facts.tolist(), told.meaning.tolist()):
        subjects.setdefault(relation, set()).add(subject)
        objects.setdefault(relation, set()).add(told.names[entity, 0])
    assert all(not subjects[relation] & objects[relation] for relation in subjects)


def test_names_follow_zipf():
    told = world(facts=40_000, entities=8000, relations=500)
    named = np.sort(np.bincount(told.meaning[:, 0]))[::-1]
    assert named[0] / named[9] == pytest.approx(10, rel=0.25)
    assert named[0] / named[99] == pytest.approx(100, rel=0.4)


def test_words_are_distinct_and_seeded():
    told = world()
    assert len(set(told.words)) == len(told.words) > told.facts.max()
    assert told.names.max() < len(told.words) and told.phrases.max() < len(told.words)
    assert told.phrases.shape == (40, PHRASES, 2)
    assert np.array_equal(told.facts, world().facts)
    assert not np.array_equal(told.facts, world(seed=1).facts)
    assert (world(other_names=0.0).names[:, 0] == world(other_names=0.0).names[:, 1]).all()
    assert (world(other_names=1.0).names[:, 0] != world(other_names=1.0).names[:, 1]).all()


def test_worlds_too_small_are_refused():
    for sizes in ({"entities": 7}, {"relations": 0}, {"entities": 8, "relations": 1}):
        with pytest.raises(ValueError):
            world(**sizes)


def test_no_facts():
    assert world(facts=0).facts.shape == (0, 4)
