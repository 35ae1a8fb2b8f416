import json

import numpy as np
import pytest
import torch
from language_modelling.conftest import SMALL, build, with_counts
from safetensors.numpy import save

import memnn
from memnn.errors import UserError
from memnn.language_modelling.counting import FILE, count, load_counts, save_counts
from memnn.language_modelling.drawing import draw
from memnn.language_modelling.perplexity import measure
from memnn.language_modelling.reader import LanguageModel
from memnn.language_modelling.training import Corpus, make_plan, train_corpus
from memnn.text.word_list import END, UNKNOWN, WordList
from memnn.training.checkpoint import Config

WORDS = WordList([f"w{n}" for n in range(18)])


def reader(name="cache-lm", cache=100, **settings):
    return LanguageModel(
        Config("language_modelling", name, {}, {}, {}), WORDS, build(name, **settings), cache
    )


@pytest.mark.parametrize("name", SMALL)
def test_the_next_words_are_a_distribution(name):
    lm = reader(name)
    for text in ("", "w1 w2 w3 w1", "\n\nw5"):
        assert lm.read(text) == []
        words = lm.next_words(100)
        assert len(words) == 19 and UNKNOWN not in [word.word for word in words]
        unknown = float(lm.probabilities()[WORDS.unknown])
        assert sum(word.probability for word in words) + unknown == pytest.approx(1, abs=1e-5)
        assert [w.probability for w in words] == sorted((w.probability for w in words), reverse=True)
    assert lm.text == ("w1", "w2", "w3", "w1", END, END, "w5")


def test_unknown_words_are_named_once_and_read_as_unknown():
    lm = reader()
    assert lm.read("w1 zebra w2, zebra") == ["zebra", ","]
    assert lm.text == ("w1", UNKNOWN, "w2", UNKNOWN, UNKNOWN)


def test_the_evidence_of_a_cache_is_its_share_of_the_probability():
    lm = reader()
    lm.network.output_map.mixing.data.fill_(0.5)
    lm.read("w1 w2 w3 w1 w2")
    said = {word.word: word for word in lm.next_words(20)}
    assert {e.position for e in said["w2"].evidence} == {1, 4}
    assert all(e.word == "w2" for e in said["w2"].evidence)
    assert said["w9"].evidence == ()
    # the shares of all words are the half of the probability that the cache gives away
    given = sum(word.probability * sum(e.weight for e in word.evidence) for word in said.values())
    assert given == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("cache", [0, 100])
def test_the_counts_say_their_share_of_the_probability(cache):
    lm = LanguageModel(reader().config, WORDS, with_counts(build("cache-lm")), cache)
    lm.network.output_map.mixing.data.fill_(0.5)
    lm.read("w1 w2 w3 w1 w2")
    said = lm.next_words(20)
    read, unknown = lm.network.counts, WORDS.unknown
    there = read.ngrams.distribution([WORDS.end, *WORDS.ids(["w1", "w2", "w3", "w1", "w2"])])
    given = sum(word.probability * word.counted.weight for word in said)
    assert given == pytest.approx(0.3 * (0.5 if cache else 1) * (1 - there[unknown]), abs=1e-5)
    assert reader().next_words(1)[0].counted is None


def test_the_counts_say_after_which_words():
    lm = reader()
    text = WORDS.ids(["w1", "w2", "w3", "w4", "w2", "w3", "w4", "w5", "w3", "w7"])
    count(lm.network, np.array(text), share=0.5)
    lm.read("w6 w2 w3")
    said = {word.word: word.counted for word in lm.next_words(20)}
    assert (said["w4"].after, said["w4"].times, said["w4"].of) == (("w2", "w3"), 2, 2)
    assert (said["w7"].after, said["w7"].times, said["w7"].of) == (("w3",), 1, 3)
    assert (said["w1"].after, said["w1"].times, said["w1"].of) == ((), 1, 10)


def test_the_evidence_of_memn2n_is_where_each_hop_looked():
    lm = reader("memn2n-lm")
    lm.read("w1 w2 w3")
    (word,) = lm.next_words(1)
    assert {e.hop for e in word.evidence} == {1, 2}
    assert {(e.position, e.word) for e in word.evidence} <= {(0, "w1"), (1, "w2"), (2, "w3")}
    lm.read("w4 w5 w6 w7 w8")  # more than the memory holds
    (word,) = lm.next_words(1)
    assert {e.position for e in word.evidence} <= set(range(2, 8))


@pytest.mark.parametrize("name", SMALL)
def test_a_text_longer_than_the_memory_is_read(name):
    lm = reader(name, cache=10)
    lm.read(" ".join(f"w{n % 18}" for n in range(3000)))
    positions = [e.position for word in lm.next_words(20) for e in word.evidence]
    assert positions and min(positions) >= 2990


@pytest.mark.parametrize("name", SMALL)
def test_generation_is_its_seed_and_never_unknown(name):
    lm = reader(name)

    def said(**options):
        lm.reset()
        lm.read("w1 w2")
        return [word.word for word in lm.generate(60, **options)]

    assert said(seed=1) == said(seed=1) != said(seed=2)
    assert UNKNOWN not in said(temperature=3.0)
    assert len(said()) == 60 and lm.text[:2] == ("w1", "w2") and len(lm.text) == 62
    assert said(temperature=0.0) == said(top_k=1, seed=5) == said(top_p=0.0, seed=6)
    stop = said(seed=1)[30]
    ended = said(seed=1, stop=stop)
    assert stop not in ended and ended == said(seed=1)[: len(ended)]


def test_what_cannot_be_drawn_is_one_line():
    lm = reader("cache-lm")
    for temperature in (float("inf"), float("nan"), -1.0):
        with pytest.raises(UserError, match="expected a number from 0 on"):
            next(lm.generate(1, temperature=temperature))
    for options in ({"top_k": -1}, {"top_p": -0.1}, {"top_p": 1.1}, {"stop": "zebra"}, {"stop": UNKNOWN}):
        with pytest.raises(UserError, match=r"expected a number|no word that this model writes"):
            next(lm.generate(1, **options))
    with pytest.raises(UserError, match="expected 1 or more"):
        lm.next_words(0)
    lm.network.response.bias.data.fill_(float("nan"))
    with pytest.raises(UserError, match="its weights are damaged"):
        next(lm.generate(1))


def test_drawing_by_hand():
    chances, random = torch.tensor([0.1, 0.6, 0.0, 0.3]), torch.Generator().manual_seed(0)

    def share(*options):
        drawn = [draw(chances, *options, random) for _ in range(2000)]
        return np.bincount(drawn, minlength=4) / 2000

    assert share(1.0, 0, 1.0) == pytest.approx([0.1, 0.6, 0.0, 0.3], abs=0.04)
    assert share(0.5, 0, 1.0) == pytest.approx([1 / 46, 36 / 46, 0.0, 9 / 46], abs=0.04)
    assert share(1.0, 2, 1.0) == pytest.approx([0.0, 2 / 3, 0.0, 1 / 3], abs=0.04)
    assert share(1.0, 0, 0.7) == pytest.approx([0.0, 2 / 3, 0.0, 1 / 3], abs=0.04)
    assert share(1.0, 0, 0.5) == pytest.approx([0.0, 1.0, 0.0, 0.0])
    assert share(1e-320, 0, 1.0) == pytest.approx([0.0, 1.0, 0.0, 0.0])
    assert share(1e300, 0, 1.0) == pytest.approx([1 / 3, 1 / 3, 0.0, 1 / 3], abs=0.04)


def test_load_gives_a_language_model(tmp_path):
    text = np.arange(400) % 20
    plan = make_plan(assignments=["dim=8", "hidden=8", "epochs=1", "batch_size=4", "precision=no"])
    train_corpus(Corpus(WORDS, text, text[:100], False), tmp_path / "run", plan)
    lm = memnn.load(tmp_path / "run")
    assert isinstance(lm, LanguageModel)
    lm.read("w1 w2")
    assert len(lm.next_words()) == 10
    assert np.array_equal(lm.network.counts.ngrams.text, text)
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert [lm.network.counts.share] == result["counts_share"] > [0]
    alone = LanguageModel.from_pretrained(tmp_path / "run", counts=False)
    assert alone.network.counts is None
    again = memnn.load(tmp_path / "run", cache=0, counts=False)
    assert (again.cache, again.network.counts) == (0, None)
    assert measure(lm.network, text[:100], WORDS.end).perplexity == pytest.approx(
        result["perplexity_with_counts"][0], rel=1e-5
    )
    assert measure(alone.network, text[:100], WORDS.end).perplexity == pytest.approx(
        result["perplexity_alone"][0], rel=1e-5
    )
    for network, name in (
        (lm.network, ""),
        (alone.network, "_without_counts"),
    ):  # with its own cache
        for number, parameter in network.output_map.named_parameters():
            assert parameter.item() == pytest.approx(result[f"{number}{name}"][0])
        assert measure(network, text[:100], WORDS.end, 2000).perplexity == pytest.approx(
            result[f"perplexity_with_cache{name}"][0], rel=1e-5
        )
    lm.network.output_map.mixing.data.fill_(0.77)  # beside the counts alone
    save_counts(lm.network, tmp_path / "run")
    memnn.load(tmp_path / "run").save_pretrained(tmp_path / "copy")
    for name in ("vocabulary.json", "model.safetensors", FILE):
        assert (tmp_path / "copy" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()
    alone.save_pretrained(tmp_path / "copy", overwrite=True)
    assert not (tmp_path / "copy" / FILE).exists()
    again = memnn.load(tmp_path / "copy")
    assert torch.equal(again.probabilities(), alone.probabilities())
    with pytest.raises(UserError, match="a model that predicts words: `memnn generate "):
        from memnn.question_answering.answering import QuestionAnswerer

        QuestionAnswerer.from_pretrained(tmp_path / "run")


def test_a_run_without_its_text_has_no_counts(tmp_path):
    network = with_counts(build("cache-lm"))
    network.output_map.mixing.data.fill_(0.6)
    network.output_map.flatness.data.fill_(0.7)
    network.output_map.decay.data.fill_(0.1)
    save_counts(network, tmp_path)
    again = build("cache-lm")
    load_counts(again, tmp_path)
    assert again.counts.share == 0.3
    assert again.output_map.mixing.item() == pytest.approx(0.6)
    assert again.output_map.flatness.item() == pytest.approx(0.7)
    assert again.output_map.decay.item() == pytest.approx(0.1)
    assert again.counts.ngrams.distribution([1, 2]) == pytest.approx(
        network.counts.ngrams.distribution([1, 2])
    )
    few, none = build("cache-lm", vocab=10), build("cache-lm", counts=0)
    with pytest.raises(UserError, match=r"words that vocabulary\.json lacks"):
        load_counts(few, tmp_path)
    load_counts(none, tmp_path)
    assert none.counts is None
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:50])
    with pytest.raises(UserError, match="damaged"):
        load_counts(again, tmp_path)
    (tmp_path / FILE).write_bytes(save({"text": np.zeros((2, 2), np.uint16), "shares": np.full(3, 0.5)}))
    with pytest.raises(UserError, match="expected a text and four numbers"):
        load_counts(again, tmp_path)
    (tmp_path / FILE).unlink()
    load_counts(few, tmp_path)
    save_counts(few, tmp_path)
    assert few.counts is None and not (tmp_path / FILE).exists()
