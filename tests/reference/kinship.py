"""What people are to each other, worked out from families instead of from the table."""

from itertools import product

from memnn.worlds.families import LINKS, WORDS


def relations(links, genders, x, y):
    """All that x is to y: everyone is born into a family and founds one, and links, (a, what a is, of b), say
    which are the same.
    """
    people = {name for a, _, b in links for name in (a, b)}
    same = {(name, part): (name, part) for name in people for part in ("born", "founded")}

    def family(name, part):
        node = name, part
        while same[node] != node:
            node = same[node]
        return node

    parts = {
        "parent": ("founded", "born"),
        "child": ("born", "founded"),
        "sibling": ("born", "born"),
        "spouse": ("founded", "founded"),
    }
    for a, relation, b in links:
        first, second = parts[relation]
        same[family(a, first)] = family(b, second)

    def related(a, relation, b):
        first, second = parts[relation]
        return a != b and family(a, first) == family(b, second)

    found = {relation for relation in LINKS if related(x, relation, y)}
    two = {
        "grandparent": ("parent", "parent"),
        "grandchild": ("child", "child"),
        "sibling of a parent": ("sibling", "parent"),
        "child of a sibling": ("child", "sibling"),
        "parent of a spouse": ("parent", "spouse"),
        "spouse of a child": ("spouse", "child"),
        "sibling of a spouse": ("sibling", "spouse"),
        "spouse of a sibling": ("spouse", "sibling"),
    }
    three = {
        "cousin": ("child", "sibling", "parent"),
        "spouse of a parent's sibling": ("spouse", "sibling", "parent"),
        "child of a spouse's sibling": ("child", "sibling", "spouse"),
    }
    for relation, steps in (two | three).items():
        for between in product(people - {x, y}, repeat=len(steps) - 1):
            way = (x, *between, y)
            if len(set(way)) == len(way) and all(map(related, way, steps, way[1:])):
                found.add(relation)
    return {WORDS[relation][genders[x]] for relation in found}
