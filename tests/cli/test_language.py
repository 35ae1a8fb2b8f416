"""`memnn train lm`, `memnn evaluate` of a language model, and `memnn generate`."""

import dataclasses
import json
import random
import signal
import subprocess
import sys

import pytest
import torch
from cli.test_train import KILLED, files, timeless
from safetensors.torch import load_file

from memnn.cli.generate import _explain
from memnn.language_modelling.reader import LanguageModel
from memnn.language_modelling.training import make_plan, read_corpus, train_corpus

SETTINGS = {
    "cache-lm": ["dim=8", "hidden=8", "window=10", "sampled=5", "precision=no", "batch_size=4"],
    "memn2n-lm": ["dim=8", "hops=2", "capacity=10", "window=10", "batch_size=4"],
}


def text(words, seed=0):
    words = random.Random(seed).choices(
        ["the", "cat", "dog", "saw", "ate", "a", "red", "and", ".", "<unk>"], k=words
    )
    return "".join(" ".join(words[i : i + 8]) + "\n" for i in range(0, len(words), 8))


def train(data, out, model="cache-lm", epochs=2):
    settings = [word for setting in SETTINGS[model] for word in ("--set", setting)]
    return [
        "train",
        "lm",
        "--data",
        data,
        "--out",
        out,
        "--model",
        model,
        "--set",
        f"epochs={epochs}",
        *settings,
    ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for split, words in (("train", 800), ("valid", 160), ("test", 80)):
        (folder / f"toy.{split}.txt").write_text(text(words))
    return folder


@pytest.fixture(scope="module", params=SETTINGS)
def run(request, corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / request.param
    settings = [*SETTINGS[request.param], "epochs=2"]
    train_corpus(read_corpus(corpus), out, make_plan(model=request.param, assignments=settings))
    return out


def test_train_says_what_it_reached(memnn, corpus, tmp_path):
    said = memnn(*train(corpus, tmp_path / "run"))
    assert said.status == 0 and files(tmp_path) == ["run"]
    lines = said.out.splitlines()
    assert lines[0].startswith("validation perplexity ") and "holds the training text" in lines[1]
    assert lines[2].endswith(f"memnn generate {tmp_path / 'run'}")
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    for name in ("alone", "with_counts", "with_cache"):
        assert f"{result[f'perplexity_{name}'][0]:.1f}" in lines[0]
    assert (tmp_path / "run" / "curve.png").exists()
    without = memnn(*train(corpus, tmp_path / "other"), "--set", "counts=0")
    assert "counts" not in without.out and "training text" not in without.out
    assert not (tmp_path / "other" / "text.safetensors").exists()


def test_evaluate_counts_every_word_and_every_line(memnn, run, corpus):
    for split, tokens in (("valid", 160 + 20), ("test", 80 + 10)):
        (said,) = memnn("evaluate", run, "--data", corpus, "--split", split, "--json").json()
        assert set(said) == {"perplexity", "tokens", "seconds", "unknown", "split"}
        assert said["split"] == split and 0 < said["unknown"] < 0.3
        assert said["tokens"] == tokens and 1 < said["perplexity"] < 40 and said["seconds"] > 0
    again = memnn("evaluate", run, "--data", corpus)
    assert f"test: perplexity {said['perplexity']:.2f} over 90 words, " in again.out
    assert f"{100 * said['unknown']:.1f} % of them <unk>" in again.out and again.err == ""


def test_evaluate_without_a_test_split_measures_the_validation_split(memnn, run, corpus, tmp_path):
    for split in ("train", "valid"):
        (tmp_path / f"toy.{split}.txt").write_text((corpus / f"toy.{split}.txt").read_text())
    said = memnn("evaluate", run, "--data", tmp_path)
    assert said.status == 0 and f"{tmp_path}, valid: perplexity" in said.out


def test_a_text_of_other_words_is_said_to_be(memnn, run, tmp_path):
    (tmp_path / "other.txt").write_text("zebras graze while lions sleep under the tree\n" * 20)
    said = memnn("evaluate", run, "--data", tmp_path / "other.txt")
    assert said.status == 0 and "% of the text are words that" in said.err
    assert "this is of valid; --split all is the whole file" in said.err
    (whole,) = memnn("evaluate", run, "--data", tmp_path / "other.txt", "--split", "all", "--json").json()
    assert (whole["tokens"], whole["split"]) == (20 * 9, "all")


def test_a_text_has_no_tasks(refused, run, corpus):
    assert "a text has no tasks" in refused("evaluate", run, "--data", corpus, "--tasks", "1")


def test_evaluate_with_cache_and_learning(memnn, run, corpus, refused):
    command = ["evaluate", run, "--data", corpus, "--split", "valid", "--json"]
    plain, learning = (memnn(*command, *more).json()[0]["perplexity"] for more in ([], ["--dynamic"]))
    assert plain != learning
    if "memn2n" in run.name:
        assert "reads no cache" in refused(*command, "--cache", "10")
    else:
        assert memnn(*command, "--cache", "10").json()[0]["perplexity"] != plain
        alone = memnn(*command, "--no-counts").json()[0]["perplexity"]
        assert alone == pytest.approx(json.loads((run / "result.json").read_text())["perplexity_alone"][0])
        assert alone > plain  # and no more is claimed of 800 words drawn at random


def test_generate(memnn, run):
    said = memnn("generate", run, "--prompt", "the cat", "--words", "12", "--seed", "3")
    assert said.status == 0 and "<unk>" not in said.out
    assert said.out == memnn("generate", run, "--words", "12", "--seed", "3", stdin="the cat\n").out
    assert said.out != memnn("generate", run, "--prompt", "the cat", "--words", "12", "--seed", "4").out
    unknown = memnn("generate", run, "--prompt", "the zebra", "--words", "1")
    assert unknown.err == "unknown, read as <unk>: zebra\n"
    many = memnn("generate", run, "--prompt", " ".join(f"z{n}" for n in range(13)), "--words", "1")
    assert many.err.endswith(" z8 z9 and 3 more\n")
    assert memnn("generate", run, "--words", "2", stdin=b"\xff\xfe the").status == 0
    assert memnn("generate", run, "--prompt", "the cat " * 2000, "--words", "2").status == 0
    assert memnn("generate", run, "--prompt", "", "--words", "2").status == 0


def test_generate_shows_the_words_it_rests_on(memnn, refused, run):
    command = ["generate", run, "--prompt", "the cat saw the", "--words", "3", "--evidence"]
    if "memn2n" in run.name:
        assert "this model reads no cache" in refused(*command, "--cache", "50")
    else:
        command += ["--cache", "50"]
    lines = memnn(*command).out.splitlines()
    assert len(lines) == 3
    assert all("%" in line and "[" not in line for line in lines)
    if "memn2n" in run.name:
        assert all("because  hop " in line and " → " in line for line in lines)
    else:
        assert all("  trained " in line and line.endswith(" times") for line in lines)
        alone = memnn("generate", run, "--prompt", "the cat", "--words", "3", "--evidence", "--no-counts")
        assert "trained" not in alone.out


def test_generate_shows_the_weightiest_of_all_hops(run, capsys):
    lm = LanguageModel.from_pretrained(run)
    lm.read("the cat saw the cat saw the")
    word = dataclasses.replace(lm.next_words(1)[0], counted=None)
    many = [dataclasses.replace(word.evidence[0], weight=0.1 * hop, hop=hop) for hop in range(1, 6)]
    _explain(lm, dataclasses.replace(word, evidence=tuple(many)))
    said = capsys.readouterr().out
    assert [f"hop {hop}" in said for hop in range(1, 6)] == [False, False, True, True, True]


def test_generate_names_no_word_of_next_to_no_weight(run, capsys):
    lm = LanguageModel.from_pretrained(run)
    lm.read("the cat saw the cat saw the")
    (word,) = (dataclasses.replace(word, counted=None) for word in lm.next_words(1))
    slight, more = (dataclasses.replace(word.evidence[0], weight=weight) for weight in (0.004, 0.5))
    for evidence, named in (((slight,), False), ((more, slight), True)):
        _explain(lm, dataclasses.replace(word, evidence=evidence))
        said = capsys.readouterr().out
        assert ("because" in said) is named and "  0 %" not in said


def test_show_and_list_name_a_language_model(memnn, run):
    said = memnn("show", run).out
    assert "predicts words" in said and run.name in said and "perplexity" in said
    assert str(run) in memnn("list", run.parent).out


def test_a_text_of_ones_own_holds_out_its_tail(memnn, tmp_path):
    (tmp_path / "book.txt").write_text("The cat saw a dog, and the dog ate.\n" * 60)
    command = [*train(tmp_path / "book.txt", tmp_path / "run"), "--vocabulary", "8"]
    said = memnn(*command)
    assert said.status == 0 and "no valid split: the last tenth" in said.err
    assert " % being <unk>" in said.out
    assert len(json.loads((tmp_path / "run" / "vocabulary.json").read_text())["words"]) == 8
    (measured,) = memnn(
        "evaluate", tmp_path / "run", "--data", tmp_path / "book.txt", "--split", "valid", "--json"
    ).json()
    assert measured["tokens"] == 6 * 12


BAD = {
    "empty": (b"", ["--data", "a.txt"], "a.txt: expected at least 20 words, found 0"),
    "few words": (b"one two three\n", ["--data", "a.txt"], "a.txt: expected at least 20 words, found 3"),
    "JSON": (
        b'{"facts": ["a"]}\n' * 30,
        ["--data", "a.txt"],
        "a.txt: expected running text, found JSON",
    ),
    "binary": (b"ok ok\n" * 20 + b"\0", ["--data", "a.txt"], "a.txt:21: expected text, found a byte of 0"),
    "not UTF-8": (b"ok ok\n" * 20 + b"\xff\n", ["--data", "a.txt"], "a.txt:21: expected text in UTF-8"),
    "missing": (
        b"",
        ["--data", "nowhere"],
        "nowhere: expected a text file, or a folder with a file *.train.*",
    ),
    "model": (b"", ["--model", "gpt"], "no model 'gpt': expected one of cache-lm, memn2n-lm"),
    "another kind of model": (b"", ["--model", "symbol"], "no model 'symbol'"),
    "setting": (b"", ["--set", "dim=0"], "dim must be at least 1, not 0"),
    "share": (b"", ["--set", "drop_words=1.5"], "drop_words is a share from 0 to below 1, not 1.5"),
    "counts": (b"", ["--set", "counts=-1"], "counts must not be negative, not -1"),
    "restarts": (b"", ["--set", "restarts=2"], "trains from one start"),
    "curriculum": (b"", ["--set", "curriculum=2"], "no short stories to begin with"),
    "device": (b"", ["--device", "banana"], "no device 'banana': expected cpu or auto"),
    "out is here": (b"", ["--out", "."], ".: expected a folder with a name of its own"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(refused, tmp_path, monkeypatch, corpus, name):
    content, more, expected = BAD[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_bytes(content)
    assert expected in refused(*train(corpus, "run"), *more)
    assert files(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("model", SETTINGS)
@pytest.mark.parametrize("words", [20, 240])
def test_a_single_line_can_be_learnt(memnn, tmp_path, model, words):
    (tmp_path / "line.txt").write_text("a b c d e f " * (words // 6) + "a b")
    command = train(tmp_path / "line.txt", tmp_path / "run", model, epochs=1)
    assert memnn(*command, "--set", "window=30").status == 0  # longer than the shorter line


def test_runs_of_another_kind(refused, memnn, run, runs, corpus, tmp_path):
    assert f"`memnn ask {runs / 'joint'}`" in refused("generate", runs / "joint", "--prompt", "a")
    assert f"predicts words: `memnn generate {run}`" in refused("ask", run, "--question", "Where?")
    assert "no test split" in refused("evaluate", run, "--data", corpus / "toy.train.txt", "--split", "test")
    assert "no split 'dev'" in refused("evaluate", run, "--data", corpus, "--split", "dev")
    assert "is not there" in refused("generate", tmp_path / "nothing", "--prompt", "a")
    for stop in ("zebra", "<unk>"):
        said = refused("generate", run, "--prompt", "a", "--stop", stop)
        assert f"stop '{stop}': no word that this model writes" in said


def test_help_names_files_and_marks_as_they_are_typed(memnn):
    assert "*.train.*" in memnn("train", "lm", "--help").out
    assert "*.test.*" in memnn("evaluate", "--help").out
    assert "<eos>" in memnn("generate", "--help").out


@pytest.mark.parametrize("model", SETTINGS)
def test_a_killed_run_goes_on_to_the_same_bits(memnn, corpus, tmp_path, model):
    command = train(str(corpus), str(tmp_path / "cut"), model, epochs=3)
    script = KILLED.format(place="loop", name="save_state", call=2)
    ended = subprocess.run([sys.executable, "-c", script, *command], capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert files(tmp_path) == ["cut.partial"]
    assert memnn(*command).status == 0
    assert memnn(*train(corpus, tmp_path / "whole", model, epochs=3)).status == 0
    cut, whole = (load_file(tmp_path / name / "model.safetensors") for name in ("cut", "whole"))
    assert all(torch.equal(cut[name], whole[name]) for name in whole)
    assert timeless(tmp_path / "cut") == timeless(tmp_path / "whole")
