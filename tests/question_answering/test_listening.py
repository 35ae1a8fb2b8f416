import random
from itertools import groupby

import pytest
import torch

from memnn.models.memnn import MemNN
from memnn.question_answering.fit import fit
from memnn.question_answering.listening import Listener, _tellings
from memnn.story import Story
from memnn.worlds.adventure import adventure
from memnn.worlds.stream import stream

OPTIONS = {"optimizer": "adam", "learning_rate": 0.01, "clip": "none", "loss": "mean", "epochs": 10}


def told(stories):
    return [list(group) for _, group in groupby(stories, key=lambda story: story.id)]


@pytest.fixture(scope="module")
def stories():
    return adventure(random.Random(0), 500, 1, ("actor", "before"))


@pytest.fixture(scope="module")
def listener(stories):
    return Listener.learn(stories)


FRESH = told(adventure(random.Random(1), 100, 1, ("actor", "before")))


def test_facts_and_questions_are_heard_in_a_row_of_words(listener):
    for group in FRESH:
        heard = stream(group)
        sentences = listener.sentences(" ".join(heard.words))
        assert sentences == [" ".join(segment) for segment in heard.segments]


def test_a_story_is_told_and_asked_without_full_stops(listener, stories):
    net = fit(MemNN(dim=20, hops=2).build, stories, **OPTIONS)
    answers, right = [], []
    for group in FRESH:
        story = net.story()
        for sentence in listener.sentences(" ".join(stream(group).words)):
            if story.sounds_like_a_question(sentence):
                answers.append(story.ask(sentence).text)
            else:
                story.tell(sentence)
        right += [story.answer_text for story in group]
    assert len(answers) == len(right)
    assert sum(one == other for one, other in zip(answers, right)) / len(right) > 0.9


def test_spelling_is_kept_and_what_has_not_ended_is_no_sentence(listener):
    said = "Bill went to the KITCHEN, where is Bill. Fred travelled to"
    assert listener.sentences(said) == ["Bill went to the KITCHEN", "where is Bill"]
    assert listener.sentences("") == listener.sentences("?!") == []


def test_learning_is_the_same_each_time_and_leaves_the_random_numbers_alone(stories):
    random_before = torch.random.get_rng_state()
    one, other = (Listener.learn(stories[:50]).segmenter.state_dict() for _ in range(2))
    assert all(bool((one[name] == other[name]).all()) for name in one)
    assert bool((torch.random.get_rng_state() == random_before).all())


def test_a_story_of_several_questions_is_one_telling():
    first = Story(("a.", "b."), "q?", ("x",), (1,))
    second = Story(("a.", "b.", "c.", "d."), "r?", ("x",), (0, 3))
    other = Story(("c.",), "q?", ("x",))
    assert _tellings([first, second, other]) == [
        (["a.", "b.", "q?", "c.", "d.", "r?"], [True, True, True, False, True, True]),
        (["c.", "q?"], [False, True]),
    ]
    assert _tellings([]) == []
