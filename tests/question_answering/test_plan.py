import pytest

from memnn.errors import UserError
from memnn.models import MODELS
from memnn.models.memn2n import MemN2N
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering.fit import fit
from memnn.question_answering.plan import StoryPlan, find_absent, make_plan
from memnn.question_answering.recipes import CHAINS, IN_TIME, LINKED, RECIPES
from memnn.story import Story
from memnn.training.options import Options
from memnn.worlds import simulate


def message(*arguments, **options):
    with pytest.raises(UserError) as caught:
        make_plan(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def config(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_without_a_word_it_is_the_recipe():
    for joint in (True, False):
        model, options = make_plan(joint=joint).resolve()
        recipe = RECIPES["symbol", "joint" if joint else "single"].for_amount(18_000)
        assert model == SymbolMemoryNetwork(**recipe.model)
        assert options == Options(**recipe.training)


def test_few_stories_are_read_more_often_and_with_dropout_and_decay():
    epochs = {
        questions: make_plan().resolve(questions)[1].epochs for questions in (1, 60, 900, 18_000, 180_000)
    }
    assert epochs == {1: 500, 60: 500, 900: 134, 18_000: 30, 180_000: 6}
    assert [make_plan(init="pretrained").resolve(count)[1].epochs for count in (60, 18_000)] == [100, 30]
    assert [make_plan().resolve(count)[0].dropout for count in (4_999, 5_000)] == [0.15, 0.0]
    assert [make_plan().resolve(count)[1].weight_decay for count in (4_999, 5_000)] == [0.3, 0.01]
    for plan in (make_plan(init="pretrained"), make_plan(joint=False)):
        assert plan.resolve(60)[1].weight_decay == 0.01
    for chains in (CHAINS, LINKED, IN_TIME):
        few, more = (chains.for_amount(count) for count in (2_999, 3_000))
        assert few.training["weight_decay"] == more.training["weight_decay"] == 0.01
        assert (few.model["dropout"], more.model["dropout"]) == (0.15, 0.0)
    few, more = (IN_TIME.for_amount(count).model for count in (2_999, 3_000))
    assert (
        few["heads_soft"] == SymbolMemoryNetwork().heads_soft > more["heads_soft"] == more["heads_sum"] == 0
    )
    assert few["heads_latest"] == SymbolMemoryNetwork().heads_latest < more["heads_latest"]
    assert make_plan(assignments=["epochs=7"]).resolve(60)[1].epochs == 7
    assert make_plan(model="memn2n").resolve(60)[1].epochs == make_plan(model="memn2n").resolve()[1].epochs


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("mode", ["joint", "single"])
def test_every_model_has_a_recipe_that_can_be_followed(name, mode):
    StoryPlan(name, mode == "joint").resolve()


def test_the_command_line_goes_before_the_config_and_that_before_the_recipe(tmp_path):
    path = config(
        tmp_path,
        'model = "memn2n"\njoint = false\n[settings]\ndim = 30\nhops = 2\n'
        "[training]\nepochs = 7\nseed = 5\nrestarts = 4\n",
    )
    plan = make_plan(path, assignments=["dim=40", "epochs=9", "seed=6"], options={"seed": 8})
    model, options = plan.resolve()
    recipe = RECIPES["memn2n", "single"]
    assert not plan.joint
    assert (model.dim, model.hops, model.capacity) == (40, 2, MemN2N().capacity)
    assert (options.epochs, options.seed, options.restarts) == (9, 8, 4)
    assert options.learning_rate == recipe.training["learning_rate"]
    assert make_plan(path, joint=True).joint
    assert make_plan(path).resolve()[1].epochs == 7


def test_values_are_read_as_what_they_are():
    said = ["relu=true", "noise=0", "tying=layerwise", 'sentence="bag"', "learning_rate=1", "keep=best"]
    model, options = make_plan(model="memn2n", assignments=said).resolve()
    assert (model.relu, model.noise, model.tying, model.sentence) == (True, 0.0, "layerwise", "bag")
    assert isinstance(options.learning_rate, float)
    assert options.keep == "best"


@pytest.mark.parametrize(
    "assignment, expected",
    [
        ("dim=wide", "setting of memn2n dim: Input should be a valid integer"),
        ("dim=2.5", "setting of memn2n dim: Input should be a valid integer"),
        (
            "tying=zigzag",
            "setting of memn2n tying: Input should be 'adjacent' or 'layerwise', found 'zigzag'",
        ),
        ("relu=maybe", "setting of memn2n relu: Input should be a valid boolean"),
        ("epochs=many", "training option epochs: Input should be a valid integer"),
        ("epochs=", "training option epochs: Input should be a valid integer"),
        (
            "optimizer=lion",
            "training option optimizer: Input should be 'sgd', 'adam' or 'adamw', found 'lion'",
        ),
        ("epochs=0", "training option: epochs must be at least 1, not 0"),
        ("learning_rate=-1", "training option: learning_rate must not be negative or endless, not -1.0"),
        ("learning_rate=nan", "training option: learning_rate must not be negative or endless, not nan"),
        ("seed=-1", "training option: seed must not be negative or endless, not -1"),
        ("colour=red", "--set colour=red: expected name=value with a name of batch_size, capacity,"),
        ("dim", "--set dim: expected name=value with a name of"),
        ("=3", "--set =3: expected name=value with a name of"),
    ],
)
def test_a_wrong_setting_is_named(assignment, expected):
    said = message(model="memn2n", assignments=[assignment])
    assert said.startswith(expected)
    assert "{" not in said  # no whole dictionaries


def test_an_unknown_model_is_told_the_known_ones():
    assert message(model="gpt").startswith("no model 'gpt': expected one of symbol, memn2n")
    with pytest.raises(UserError, match="no model 'gpt'"):
        StoryPlan("gpt").resolve()


def test_an_unknown_device_is_refused():
    assert message(device="banana") == "no device 'banana': expected cpu or auto"
    assert make_plan(device="auto").device == "auto"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("model = ", "expected a TOML file"),
        (b'model = "\xff"', "expected a TOML file"),
        ("modell = 'memn2n'", "expected model, joint, [settings] and [training], found modell"),
        ("joint = 'yes'", "found joint"),
        ("model = 3", "found model"),
        ("settings = 3", "found settings"),
    ],
)
def test_a_config_that_cannot_be_is_named(tmp_path, text, expected):
    path = config(tmp_path, text)
    said = message(path)
    assert said.startswith(f"{path}: expected") and expected in said


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[settings]\ncolour = 1", "setting of symbol colour: Unexpected keyword argument, found 1"),
        ("[training]\ndim = 1", "training option dim: Unexpected keyword argument, found 1"),
        ("[training]\nepochs = 'x'", "training option epochs: Input should be a valid integer"),
        ("model = 'gpt'", "no model 'gpt'"),
    ],
)
def test_a_config_with_a_wrong_name_or_value_is_refused(tmp_path, text, expected):
    assert message(config(tmp_path, text)).startswith(expected)


def test_a_missing_config_is_named(tmp_path):
    assert message(tmp_path / "none.toml").startswith(f"{tmp_path / 'none.toml'}: expected a TOML file")
    assert "expected a TOML file" in message(tmp_path)


def test_symbols_are_a_class_a_line(tmp_path):
    path = tmp_path / "symbols.txt"
    path.write_text("Mary, John ,Sandra\n\nred box,barrel\n")
    assert make_plan(symbols=path).symbols == (("Mary", "John", "Sandra"), ("red box", "barrel"))


@pytest.mark.parametrize(
    "text, model, expected",
    [
        ("a,b\nc\n", "symbol", ":2: expected words that may trade places, joined by commas"),
        ("a, B\n\nc,b\n", "symbol", "symbols.txt:3: expected a word in one class; 'b' is in line 1 too"),
        ("", "symbol", "symbols.txt: expected words that may trade places, a class a line; found none"),
        (" \n,\n", "symbol", "expected words that may trade places, joined by commas"),
        ("a,b\n", "memn2n", "memn2n knows no symbols: they are for --model symbol"),
    ],
)
def test_symbols_that_cannot_be_are_one_line(tmp_path, text, model, expected):
    path = tmp_path / "symbols.txt"
    path.write_text(text)
    assert message(model=model, symbols=path).endswith(expected)


def test_words_that_stories_lack_are_found():
    stories = [Story(("Mary took the red box.",), "Who is there?", ("Ann Lee",))]
    symbols = (("mary", "Ann lee", "Bob"), ("red box", "Lee", "box red"))
    assert find_absent(symbols, stories) == ["Bob", "box red"]
    assert find_absent((), stories) == []


def test_an_ensemble_keeps_all_that_are_trained():
    plan = make_plan(assignments=["ensemble=3"])
    assert plan.resolve()[0].ensemble == 3
    with pytest.raises(UserError, match="restarts must be 1"):
        make_plan(assignments=["ensemble=3", "restarts=2"])
    with pytest.raises(UserError, match="restarts must be 1"):
        fit(SymbolMemoryNetwork(ensemble=2), list(simulate("1", 9, seed=1)), restarts=2)


def test_a_memory_is_hashed_for_one_network_at_a_time():
    assert make_plan(model="memnn", assignments=["hashing=words"]).resolve()[0].hashing == "words"
    with pytest.raises(UserError, match="restarts must be 1"):
        make_plan(model="memnn", assignments=["hashing=words", "restarts=2"]).resolve()
