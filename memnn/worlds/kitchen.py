"""A kitchen: what stands on which shelf, who makes which dish, and what is in it.

Someone puts a food into a jar, a jar onto a shelf, begins a dish or takes it over, or stirs a food into it.
Five kinds of question, each as often where there is something to ask: on which shelf a food is (through its
jar), who makes a dish (who began it or took it over last), what is in it (a list, in the order it went in),
how many foods, and whether a certain one. Foods stay in their jar when some of them is used.
"""

import random

from memnn.story import Story
from memnn.worlds.belongings import NUMBERS
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.telling import Asked, cast, pick, tell

COOKS = ("Pia", "Tomasz", "Yuki", "Omar")
SHELVES = ("top shelf", "low shelf", "window sill", "cellar rack", "corner cupboard")
FOODS = ("salt", "rice", "basil", "honey", "barley", "paprika", "flour", "ginger")
JARS = ("blue jar", "clay jar", "tall tin", "glass bowl", "paper bag")
DISHES = ("soup", "stew", "porridge", "pie")
FILLING = (
    "{who} filled the {b} with {a}.",
    "{who} poured the {a} into the {b}.",
    "The {a} is kept in the {b}.",
)
PLACING = ("{who} set the {a} on the {b}.", "The {a} stands on the {b}.", "{who} moved the {a} to the {b}.")
STIRRING = ("{who} stirred {a} into the {b}.", "{who} added {a} to the {b}.", "The {b} got some {a}.")
TAKING_OVER = ("{who} took over the {b}.", "Now {who} sees to the {b}.")
BEGINNING = ("{who} began the {b}.", "{who} put the pot for the {b} on the stove.")
KINDS = ("shelf", "cook", "whether", "number", "list")


class Kitchen:
    """Where everything is, and the facts that told it."""

    def __init__(self, rng: random.Random, knobs: Knobs) -> None:
        """Raises ValueError when the knobs leave too few cooks, shelves or foods, or ask for hops."""
        refuse(knobs, "hops")
        self.rng = rng
        self.cooks = cast("actors", knobs.actors, COOKS, 1)
        self.shelves = cast("places", knobs.places, SHELVES, 2)
        self.foods = cast("things", knobs.things, FOODS, 2)
        self.facts: list[str] = []
        self.jar_of: dict[str, tuple[str, int]] = {}  # by food, with the fact that tells it
        self.shelf_of: dict[str, tuple[str, int]] = {}  # by jar
        self.cook_of: dict[str, tuple[str, int]] = {}  # by dish
        self.began: dict[str, int] = {}
        self.within: dict[str, dict[str, int]] = {}  # the foods of each dish, in the order they went in

    def step(self) -> None:
        """Something is done: one more fact."""
        rng, fact = self.rng, len(self.facts)
        who, jar, food = pick(rng, self.cooks), pick(rng, JARS), pick(rng, self.foods)
        deed = rng.random()
        if deed < 0.25:
            self.jar_of[food] = jar, fact
            self._say(FILLING, who, food, jar)
        elif deed < 0.5:
            shelf = pick(rng, self.shelves)
            self.shelf_of[jar] = shelf, fact
            self._say(PLACING, who, jar, shelf)
        else:
            self._cook(who, pick(rng, DISHES), food)

    def ask(self) -> Asked | None:
        """One of the five questions, or None where it cannot be asked yet."""
        rng = self.rng
        kind = pick(rng, KINDS)
        if kind == "shelf":
            known = [food for food, (jar, _) in self.jar_of.items() if jar in self.shelf_of]
            if not known:
                return None
            food = pick(rng, known)
            jar, filled = self.jar_of[food]
            shelf, placed = self.shelf_of[jar]
            return f"Where is the {food}?", (shelf,), (filled, placed)
        if not self.within:
            return None
        dish = pick(rng, list(self.within))
        foods = self.within[dish]
        if kind == "cook":
            cook, fact = self.cook_of[dish]
            return f"Who is making the {dish}?", (cook,), (fact,)
        if kind == "whether":
            food = pick(rng, list(foods) if foods and rng.random() < 0.5 else self.foods)
            answer = "yes" if food in foods else "no"
            return f"Is there {food} in the {dish}?", (answer,), (foods.get(food, self.began[dish]),)
        supporting = (self.began[dish], *foods.values())
        if kind == "number":
            return f"How many foods are in the {dish}?", (NUMBERS[len(foods)],), supporting
        return f"What is in the {dish}?", tuple(foods) or ("nothing",), supporting

    def _cook(self, who: str, dish: str, food: str) -> None:
        fact = len(self.facts)
        if dish not in self.within:
            self.began[dish], self.within[dish] = fact, {}
            self.cook_of[dish] = who, fact
            self._say(BEGINNING, who, "", dish)
        elif food not in self.within[dish] and len(self.within[dish]) < len(NUMBERS) - 1:
            self.within[dish][food] = fact
            self._say(STIRRING, who, food, dish)
        else:
            self.cook_of[dish] = who, fact
            self._say(TAKING_OVER, who, "", dish)

    def _say(self, ways: tuple[str, ...], who: str, what: str, where: str) -> None:
        self.facts.append(pick(self.rng, ways).format(who=who, a=what, b=where))


def kitchen(rng: random.Random, knobs: Knobs) -> list[Story]:
    """A kitchen. Knobs: facts, questions, actors (cooks), places (shelves), things (foods)."""
    scene = Kitchen(rng, knobs)
    return tell(scene.facts, scene.step, scene.ask, knobs)
