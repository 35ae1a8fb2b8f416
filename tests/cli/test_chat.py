import json
import re

import pytest
from dialogue.worlds import base, bookings

from memnn.dialogue.jsonl import write_jsonl


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    path = tmp_path_factory.mktemp("kb") / "kb.csv"
    lines = [",".join([name, *values.values()]) for name, values in base().items()]
    path.write_text("name,food,city,rating,phone\n" + "\n".join(lines) + "\n")
    return path


def test_a_conversation(memnn, booking_run, kb, tmp_path):
    kept = tmp_path / "kept.json"
    said = memnn(
        "chat", booking_run, "--kb", kb,
        stdin=f"hi\nthai food in rome\n:save {kept}\nno something else\n:undo\ngreat\nwhat is the phone\n"
        f":why\n:memory\n\n:load {kept}\n:load none.json\n:nonsense\n:reset\n:why\n:undo\n:load\n:quit\nhi\n",
    )  # fmt: skip
    assert said.status == 0 and said.err == "nothing was said\n"
    lines = said.out.splitlines()
    assert lines[:2] == ["hello what can i do", "  [api_call thai rome: 3 found]"]
    assert lines[2].startswith("what about resto_rome_thai_") and lines[3] == f"kept in {kept}"
    name = lines[2].removeprefix("what about ")
    assert lines[5:8] == ["taken back", "i will book it", f"here it is {name}_phone"]
    assert f"{name} R_phone {name}_phone" in said.out and "row   " in said.out
    assert f"going on with {kept}, 18 lines" in lines
    assert "none.json: there is no such file" in lines
    assert lines.count("hello what can i do") == 1
    assert {"no command :nonsense", "a new conversation", "nothing was said yet"} <= set(lines)
    assert lines[-1] == "say which file: :load FILE"


def test_queries_that_nothing_answers_are_told_of_once(memnn, booking_run):
    said = memnn("chat", booking_run, stdin="hi\nthai food in rome\n")
    assert said.err == "no --kb: the bot's queries will not be looked up\n"
    assert said.out.splitlines() == ["hello what can i do", "  [api_call thai rome]"]


def test_own_stock_replies(memnn, booking_run, kb):
    said = memnn(
        "chat", booking_run, "--kb", kb, "--no-result", "none", "--off-domain", "no idea",
        "--no-more", "no more", "--api", "food, city",
        stdin="thai food in sofia\ntell me a joke about elephants\ninstead in rome\n"
        + 3 * "no something else\n",
    )  # fmt: skip
    lines = said.out.splitlines()
    assert lines[:3] == ["  [api_call thai sofia: 0 found]", "none", "no idea"]
    assert lines[-1] == "no more" and lines.count("no more") == 1


def test_what_cannot_be_is_one_line(refused, booking_run, kb, tmp_path):
    assert "no property price" in refused("chat", booking_run, "--kb", kb, "--api", "food,price")
    assert "none.csv: expected a file that can be read" in refused(
        "chat", booking_run, "--kb", tmp_path / "none.csv"
    )
    assert "is not there" in refused("chat", tmp_path / "nothing")


def test_runs_of_another_kind_are_told_their_command(refused, runs, booking_run):
    run = runs / "joint"
    assert refused("chat", run) == f"{run}: a model that answers questions: `memnn ask {run}` is for it"
    said = f"holds conversations: `memnn chat {booking_run}`"
    assert said in refused("ask", booking_run, "--question", "where?")
    assert said in refused("generate", booking_run, "--prompt", "a")


def test_train_and_evaluate_own_dialogues(memnn, refused, tmp_path):
    write_jsonl(bookings(30), tmp_path / "d.jsonl")
    small = ["--set", "epochs=1", "--set", "dim=8", "--set", "hops=1"]
    for model in ("symbol", "memn2n"):
        out = tmp_path / model
        words = ["train", "dialogue", "--data", tmp_path / "d.jsonl", "--model", model, "--out", out, *small]
        trained = memnn(*words, "--task", "1")
        assert trained.status == 0 and f"{out} is ready: memnn chat {out}" in trained.out
        assert "is there already" in refused(*words)
        said = memnn("evaluate", out, "--data", tmp_path / "d.jsonl", "--split", "dev", "--json")
        (result,) = json.loads(said.out)["tasks"].values()
        assert 0 <= result["dialog_accuracy"] <= result["response_accuracy"] <= 100
        assert (result["bleu"] is None) == (model == "memn2n")
        table = memnn("evaluate", out, "--data", tmp_path / "d.jsonl")
        assert "dev" in table.out and "all right %" in table.out
        whole = memnn("evaluate", out, "--data", tmp_path / "d.jsonl", "--split", "all").out
        assert int(re.search(r" 1 \D+\d+\D+[\d.]+\D+(\d+)", whole)[1]) == 30
        folder = tmp_path / f"{model}-folder"
        folder.mkdir()
        for name in ("train", "valid"):
            write_jsonl(bookings(4), folder / f"{name}.jsonl")
        assert "dev" in memnn("evaluate", out, "--data", folder).out
        (folder / "test.jsonl").write_text("{oops\n")
        assert "test.jsonl:1: expected a JSON object" in refused("evaluate", out, "--data", folder)
        assert "for the split all" in refused("evaluate", out, "--data", folder, "--split", "all")
    assert "expected a task of dev among 1" in refused(
        "evaluate", out, "--data", tmp_path / "d.jsonl", "--tasks", "2"
    )
    bad = refused("train", "dialogue", "--data", tmp_path / "none", "--out", tmp_path / "x")
    assert "expected a folder of dialogues or a .jsonl file" in bad and not (tmp_path / "x").exists()
