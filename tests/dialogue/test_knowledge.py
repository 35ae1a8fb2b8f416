import pytest

from memnn.conversation import Row
from memnn.dialogue.knowledge import KnowledgeBase, read_knowledge
from memnn.errors import DataError, UserError

CSV = "name,cuisine,location,phone\nSiam,thai,rome,555\nThe Golden Wok,asian oriental,rome,+49 30\n"
JSONL = '{"name": "Siam", "cuisine": "thai", "location": "rome", "phone": 555}\n'
BABI = "1 siam R_cuisine thai\n1 siam R_location\trome\n"


def read(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return read_knowledge(tmp_path / name)


def test_three_formats(tmp_path):
    for name, text in (("x.csv", CSV), ("x.jsonl", JSONL)):
        base = read(tmp_path, name, text)
        assert base.things["Siam"] == {"cuisine": "thai", "location": "rome", "phone": "555"}
    assert read(tmp_path, "x.txt", BABI).things == {"siam": {"R_cuisine": "thai", "R_location": "rome"}}


def test_finds_what_equals_the_query_in_the_order_told(tmp_path):
    base = read(tmp_path, "x.csv", CSV)
    columns = base.columns(["R_cuisine", "Location"])
    assert columns == ["cuisine", "location"]
    assert base.find(columns, ["Thai", "rome"]) == ["Siam"]
    assert base.find(columns, ["R_cuisine", "rome"]) == ["Siam", "The Golden Wok"]
    assert base.find(columns, ["R_cuisine", "R_location"]) == ["Siam", "The Golden Wok"]
    assert base.find(columns, ["thai", "oslo"]) == []
    assert base.rows(["Siam"])[0] == Row("Siam", "cuisine", "thai")


def test_values_of_several_words_are_one_argument(tmp_path):
    base = read(tmp_path, "x.csv", CSV)
    assert base.parse("api_call asian oriental rome", 2) == ["asian oriental", "rome"]
    with pytest.raises(UserError, match="has 3 arguments; expected 2"):
        base.parse("api_call thai food rome", 2)


def test_a_property_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match="no property price: queries ask for cuisine, price, and beside"):
        read(tmp_path, "x.csv", CSV).columns(["cuisine", "price"])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.csv", "", "x.csv:1: expected a line of different column names"),
        ("x.csv", "name,name\na,b\n", "x.csv:1: expected a line of different"),
        ("x.csv", "name,cuisine\nSiam\n", "x.csv:2: expected 2 columns, found 1"),
        ("x.csv", "name,cuisine\nSiam,a\nSiam,b\n", "x.csv:3: expected every name once, found 'Siam'"),
        ("x.csv", "name,cuisine\n,thai\n", "x.csv:2: expected a name in the first column"),
        ("x.csv", "name,cuisine\n", "x.csv: expected at least one thing"),
        ("x.csv", "name,cuisine\nSiam," + "a" * 140_000, "x.csv:2: expected columns parted by commas"),
        ("x.jsonl", '{"name": ' + "1" * 5000 + "}", "x.jsonl:1: expected a JSON object"),
        ("x.jsonl", "[" * 100_000, "x.jsonl:1: expected a JSON object"),
        ("x.jsonl", "nonsense\n", "x.jsonl:1: expected a JSON object"),
        ("x.jsonl", "[1]\n", "x.jsonl:1: expected a JSON object whose values"),
        ("x.jsonl", '{"name": "a", "phones": [1]}\n', "x.jsonl:1: expected a JSON object whose values"),
        ("x.txt", "1 a b\n", "x.txt:1: expected a number, a subject"),
        ("x.txt", "1 a b c\n1 a b d\n", "x.txt: expected one b of a, found two"),
        ("x.txt", "", "x.txt: expected at least one thing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(tmp_path, name, text, message):
    with pytest.raises(DataError) as error:
        read(tmp_path, name, text)
    assert message in str(error.value)


def test_a_large_base_is_looked_up_by_index(monkeypatch):
    base = KnowledgeBase({f"r{i}": {"cuisine": f"c{i % 50}", "city": f"t{i % 77}"} for i in range(5000)})
    monkeypatch.setattr(base, "things", None)  # what a query costs does not depend on it
    assert base.find(["cuisine", "city"], ["c3", "t4"]) == [
        f"r{i}" for i in range(5000) if i % 50 == 3 and i % 77 == 4
    ]


def test_the_result_sets_of_task_five(data):
    from memnn.dialogue.babi import read_babi
    from memnn.dialogue.knowledge import is_query
    from memnn.text.entities import find_entities

    dialogues = read_babi(data / "dialog-babi", "dev", ["5"])
    base = read_knowledge(data / "dialog-babi" / "dialog-babi-kb-all.txt")
    _, _, arguments = find_entities(dialogues[:200])
    assert arguments == ["R_cuisine", "R_location", "R_number", "R_price"]
    for dialogue in dialogues:
        found = {event.subject for event in dialogue.events if isinstance(event, Row)}
        call = [text for text in dialogue.reply_texts if is_query(text)][-1]
        assert set(base.find(arguments, base.parse(call, 4))) == found
