import math
import time
from dataclasses import replace

import pytest
import torch
from question_answering.networks import STORIES, WHERE, as_tensor, assert_same, reader, told

from memnn.errors import UserError
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.reader import Reader
from memnn.question_answering.telling import find_openings
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.text.sentences import in_sentences
from memnn.text.tokenizer import MOST_WORDS, tokenize
from memnn.training import checkpoint
from memnn.worlds import simulate


def test_a_fact_is_encoded_once_when_it_is_told(net, monkeypatch):
    encoder, calls = net.readers[""].network.input_map, []
    encode = encoder.encode_facts
    monkeypatch.setattr(encoder, "encode_facts", lambda words: (calls.append(words), encode(words))[1])
    story = net.story()
    for number, fact in enumerate(STORIES[4].facts, 1):
        story.tell(fact)
        assert len(calls) == number
        assert len(calls[-1]) == 1
    story.ask(WHERE)
    story.ask("Where is John?")
    assert len(calls) == len(STORIES[4].facts)


def test_telling_writes_no_memory_before_it_is_asked(net, monkeypatch):
    write, calls = net.readers[""].network.generalization, []
    write_all = write.write_all
    monkeypatch.setattr(write, "write_all", lambda *told: (calls.append(told), write_all(*told))[1])
    story = told(net, *[fact for one in STORIES for fact in one.facts])
    assert calls == []
    story.ask(WHERE)
    assert len(calls) == 1


def test_many_facts_told_at_once_are_those_told_one_by_one(net):
    facts = [fact for story in STORIES for fact in (*story.facts, "")][:77]
    one_by_one, at_once = net.story(), told(net, *facts)
    for fact in facts:
        one_by_one.tell(fact)
    assert at_once.facts == one_by_one.facts == tuple(facts)
    for one, other in zip(vars(at_once.memory()).values(), vars(one_by_one.memory()).values()):
        torch.testing.assert_close(one, other)


def test_sentences_told_together_are_a_fact_each(net):
    together, apart = net.story(), net.story()
    together.tell("Mary went home. John went out.", "Mary left.")
    apart.tell("Mary went home.", "John went out.", "Mary left.")
    assert together.facts == apart.facts
    assert together.ask(WHERE).probability == apart.ask(WHERE).probability


def test_whole_stories_are_taken_apart_too(net, tmp_path):
    joined = [
        Story((" ".join(story.facts[:2]), *story.facts[2:]), WHERE, ("home",), supporting=(0, 1))
        for story in STORIES
        if len(story.facts) > 2
    ]
    apart = [replace(in_sentences(story), supporting=(0, 1, 2)) for story in joined]
    assert len(apart[0].facts) == len(joined[0].facts) + 1
    for one, other in zip(net.answer(joined), net.answer(apart)):
        assert (one.text, one.probability, one.evidence) == (other.text, other.probability, other.evidence)
    assert evaluate(net, joined) == evaluate(net, apart)
    plan = StoryPlan("memn2n", settings={"dim": 4}, options={"epochs": 1})
    for name, stories in (("joined", joined), ("apart", apart)):
        train_stories(stories, stories[:2], tmp_path / name, plan)
    one, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("joined", "apart"))
    assert one == other


def test_a_memory_of_a_story_is_that_of_its_facts_one_by_one(net):
    network, story = net.readers[""].network, net.story()
    memory = network.begin()
    for fact in STORIES[4].facts:
        story.tell(fact)
        memory = network.tell(memory, as_tensor(net, fact))
        for one, other in zip(vars(story.memory().dense()).values(), vars(memory.dense()).values()):
            torch.testing.assert_close(one, other)


def test_what_is_told_later_changes_no_earlier_answer(net):
    facts = STORIES[4].facts
    story, kept = net.story(), []
    for fact in facts:
        story.tell(fact)
        kept.append((story.ask(WHERE), story.facts))
    for number, (answer, known) in enumerate(kept, 1):
        assert known == facts[:number]
        assert_same(answer, told(net, *facts[:number]).ask(WHERE))
        assert all(evidence.position < number for evidence in answer.evidence)


def test_an_old_memory_is_read_as_it_was(net):
    network = net.readers[""].network
    story = told(net, "Mary went to the park.")
    memory, words = story.memory(), as_tensor(net, WHERE)
    before = network.ask(memory, words).scores
    story.tell("Mary went to the kitchen.")
    assert torch.equal(network.ask(memory, words).scores, before)


def test_unseen_words_and_blank_facts_are_told_without_harm(net):
    story = told(net, "Zaphod teleported to Betelgeuse.", "", "...", "Mary went to the park.")
    assert story.ask("Where is Zaphod?").text != ""
    assert len(story.facts) == 4


def test_a_question_is_known_by_how_only_questions_began(net):
    stories = [
        Story(("Mary slept.", "Is it late."), "Where is Mary?", ("home",)),
        Story((), "mary is where?", ("home",)),
        Story((), "Is Mary home?", ("yes",)),
        Story((), "Why?", ("late",)),
        Story((), "Why did she?", ("late",)),
    ]
    assert find_openings(stories) == ["why", "where"]
    assert find_openings([Story(("...",), "?")]) == []
    config = net.readers[""].config
    net.readers[""] = replace(
        net.readers[""], config=replace(config, data=config.data | {"openings": ["why"]})
    )
    told_so = [net.story().sounds_like_a_question(line) for line in ("WHY me", "who, why", "...", "")]
    assert told_so == [True, False, False, False]


def test_a_run_from_before_openings_were_kept_knows_no_question(net):
    assert not net.story().sounds_like_a_question("Where is Mary")


def test_forgetting_is_as_if_never_told(net):
    facts = STORIES[4].facts
    story = told(net, *facts)
    assert story.forget(1) == facts[1]
    left = facts[:1] + facts[2:]
    assert story.facts == left
    assert_same(story.ask(WHERE), told(net, *left).ask(WHERE))
    for position in (-1, len(left)):
        with pytest.raises(UserError, match=f"there is no fact {position + 1}: the story has {len(left)}"):
            story.forget(position)
    assert story.facts == left
    story.reset()
    assert story.facts == ()
    assert_same(story.ask(WHERE), net.story().ask(WHERE))


def test_a_story_far_longer_than_any_in_training():
    net = QuestionAnswerer({"": reader(capacity=50, dim=4, hops=1)})
    facts = [fact for story in STORIES for fact in story.facts]
    long = (facts * (5000 // len(facts) + 1))[:5000]
    started = time.monotonic()
    story = told(net, *long)
    answer = story.ask(WHERE)
    assert time.monotonic() - started < 30
    assert len(story.facts) == 5000
    assert all(4950 <= evidence.position < 5000 for evidence in answer.evidence)
    assert_same(answer, net.answer([Story(tuple(long), WHERE)])[0])


def test_forgotten_facts_take_no_room():
    net = QuestionAnswerer({"": reader(capacity=3)})
    story = told(net, *STORIES[4].facts, *STORIES[5].facts)
    assert len(story.memory().keys) == len(story._heard) == 3


def test_what_memory_no_longer_holds_is_taken_as_not_told():
    """Of a fact that was forgotten neither the words nor the names count."""
    stories = list(simulate("1", 60, seed=1))
    lexicon, network = Lexicon.of_stories(stories), SymbolMemoryNetwork(dim=8, hops=1, width=4, capacity=2)
    config = checkpoint.Config("question_answering", "symbol", {}, {}, {"tasks": ["1"]})
    net = QuestionAnswerer({"": Reader(config, lexicon, network.build(*lexicon.sizes).eval())})
    facts = ("Mary teleported to the kitchen.", "John went to the garden.", "Daniel went to the office.")
    for count, forgotten, untold, unknown in ((2, 0, (), ("teleported",)), (3, 1, ("mary",), ())):
        asked = told(net, *facts[:count]).ask(WHERE)
        for answer in (asked, *net.answer([Story(facts[:count], WHERE)])):
            assert (answer.forgotten, answer.untold, answer.unknown) == (forgotten, untold, unknown)
        assert all(forgotten <= evidence.position < count for evidence in asked.evidence)
    blank = told(net, *facts, "...", "...").ask(WHERE)
    assert (blank.text, blank.reason, blank.forgotten) == ("unknown", "no fact was told", 3)


@pytest.mark.parametrize("words", ["Mary went to the park and ", "qux ", "{} "])
def test_a_fact_of_a_megabyte_is_read_as_far_as_its_first_words(net, words):
    fact = "".join(words.format(number) for number in range(1_000_000 // len(words)))
    story = told(net, fact, "John went to the office.")
    answer = story.ask(WHERE)
    assert math.isfinite(answer.probability)
    assert story.facts[0] == fact and len(tokenize(fact)) == MOST_WORDS
    cut = told(net, " ".join(fact.split()[:MOST_WORDS]), "John went to the office.").ask(WHERE)
    assert (cut.text, cut.probability) == (answer.text, answer.probability)
