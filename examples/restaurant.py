"""Trains a bot on simulated bookings and talks with it for 15 turns, about places that training never had.

    python examples/restaurant.py                 # trains for a few seconds, then prints the conversation
    python examples/restaurant.py dialogues.jsonl # writes the training dialogues instead

The knowledge base is restaurants.csv beside this file.
"""

import random
import sys
import tempfile
from pathlib import Path

from memnn.conversation import SILENCE, Dialogue, Row, Turn
from memnn.dialogue.bot import Bot
from memnn.dialogue.jsonl import write_jsonl
from memnn.dialogue.knowledge import read_knowledge
from memnn.dialogue.session import Session
from memnn.dialogue.training import plan_for, train_dialogues

FOODS = ("thai", "french", "indian", "greek", "mexican", "turkish")
CITIES = ("rome", "paris", "oslo", "lima", "cairo", "delhi")
CONVERSATION = (
    "hi",
    "i would like a table",
    "peruvian food please",
    "in valparaiso",
    "no something else",
    "instead could it be in porto",
    "what is the weather like on the moon",
    "do you have something else",
    "how about georgian food",
    "no something else",
    "great",
    "what is the phone",
    "what is the address",
    "thanks",
    "bye",
)


def booking(rng: random.Random) -> Dialogue:
    """A request, changed once in a while; results; offers, the best first; phone and address."""
    events: list[Turn | Row] = []

    def say(user: str, bot: str) -> None:
        events.extend([Turn("user", user), Turn("bot", bot)])

    food, city = rng.choice(FOODS), rng.choice(CITIES)
    please = rng.choice(("i would like a table", "may i have a table", "i want to book a table"))
    where = rng.choice(("in {}", "{} please", "how about {}", "could it be in {}"))
    what = rng.choice(("{} food please", "i love {} food", "{} food", "how about {} food"))
    say(rng.choice(("hi", "hello", "good morning")), "hello what can i do for you")
    start = rng.randrange(4)
    if start == 0:
        say(please, "what kind of food would you like")
        say(what.format(food), "where should it be")
        say(where.format(city), f"api_call {food} {city}")
    elif start == 1:
        say(f"{please} in {city}", "what kind of food would you like")
        say(what.format(food), f"api_call {food} {city}")
    elif start == 2:
        say(f"{please} with {food} food", "where should it be")
        say(where.format(city), f"api_call {food} {city}")
    else:
        say(f"{please} in {city} with {food} food", f"api_call {food} {city}")
    for _ in range(rng.randrange(3)):
        if rng.random() < 0.5:
            city = rng.choice([other for other in CITIES if other != city])
            change = rng.choice(("instead could it be in {}", "actually in {}", "how about {}"))
            say(change.format(city), f"api_call {food} {city}")
        else:
            food = rng.choice([other for other in FOODS if other != food])
            change = rng.choice(("instead could it be {} food", "actually {} food", "how about {} food"))
            say(change.format(food), f"api_call {food} {city}")
    ranked = []
    for rating in rng.sample(range(1, 10), rng.randrange(2, 5)):
        name = f"{rng.choice(('casa', 'chez', 'villa'))}_{food}_{city}_{rating}"
        rows = [
            Row(name, "food", food),
            Row(name, "city", city),
            Row(name, "rating", str(rating)),
            Row(name, "phone", f"{name}_phone"),
            Row(name, "address", f"{name}_address"),
        ]
        ranked.append((-rating, name))
        events += rng.sample(rows, len(rows))
    offers = [name for _, name in sorted(ranked)]
    say(SILENCE, f"how about {offers[0]}")
    for name in offers[1 : rng.randrange(1, len(offers) + 1)]:
        say(
            rng.choice(("no something else", "i do not like that", "do you have something else")),
            f"how about {name}",
        )
    taken = events[-1].text.removeprefix("how about ")
    say(rng.choice(("great", "i love that", "let us do it")), "i will book it")
    for what in rng.sample(("phone", "address"), rng.randrange(3)):
        say(rng.choice(("what is the {}", "may i have the {}")).format(what), f"here it is {taken}_{what}")
    say(rng.choice(("thanks", "thank you")), "anything else")
    say(rng.choice(("bye", "no thanks")), "you are welcome")
    return Dialogue(tuple(events))


def main() -> None:
    """Write the dialogues to the file named, or train and talk."""
    rng = random.Random(0)
    dialogues = [booking(rng) for _ in range(400)]
    if len(sys.argv) > 1:
        write_jsonl(dialogues, sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "bot"
        train_dialogues(
            dialogues[:-30], dialogues[-30:], run, plan_for(settings={"dim": 48}, options={"epochs": 6})
        )
        bot = Bot.from_pretrained(run)
    session = Session(bot, read_knowledge(Path(__file__).with_name("restaurants.csv")))
    for text in CONVERSATION:
        said = session.say(text)
        print(f"> {text}\n" + "\n".join(reply.text for reply in said.replies))
        copied = [used for used in said.last.evidence if used.hop == 2]
        if copied:
            print(f"    because  {copied[0].position + 1}  {copied[0].fact}")


if __name__ == "__main__":
    main()
