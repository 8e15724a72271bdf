"""From OSM ways to stretches between junctions: cut where roads meet, joined where one road merely goes on (pure)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from dispatch.routing.compile import Junction, Restriction, Stretch
from infra.roads.reader import Extract, Run, TurnRule
from infra.roads.tags import Attributes, Spot


@dataclass(frozen=True)
class Piece:
    """A part of one or more ways between two nodes, with the ways at its two ends and the lights on it each way."""

    nodes: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    attributes: Attributes
    first_way: int
    last_way: int
    lights: tuple[int, int]

    def turned(self) -> "Piece":
        turned = self.attributes.turned()
        return Piece(self.nodes[::-1], self.places[::-1], turned, self.last_way, self.first_way, self.lights[::-1])


@dataclass(frozen=True)
class Roads:
    """Input of the graph: junctions, stretches and turn restrictions by edge number."""

    junctions: list[Junction]
    stretches: list[Stretch]
    restrictions: list[Restriction]


def join(extract: Extract) -> Roads:
    """Stretches of an extract. Adds to its notes the restrictions whose roads are not in it."""
    pieces = _merged(_cut(extract), extract)
    numbers: dict[int, int] = {}
    junctions: list[Junction] = []
    stretches: list[Stretch] = []
    for piece in pieces:
        for node, place in ((piece.nodes[0], piece.places[0]), (piece.nodes[-1], piece.places[-1])):
            if node not in numbers:
                numbers[node] = len(junctions)
                junctions.append(_junction(place, extract.spots.get(node, Spot())))
        stretches.append(_stretch(piece, numbers))
    return Roads(junctions, stretches, _restrictions(extract, pieces, numbers))


def _kept_nodes(extract: Extract) -> set[int]:
    """Nodes at which a stretch must end whatever meets there."""
    return {node for node, spot in extract.spots.items() if spot.splits} | {rule.via for rule in extract.rules}


def _cut(extract: Extract) -> list[Piece]:
    used = Counter(node for run in extract.runs for node in run.nodes)
    kept = _kept_nodes(extract)
    pieces = []
    for run in extract.runs:
        inner = range(1, len(run.nodes) - 1)
        cuts = [0, *(i for i in inner if used[run.nodes[i]] > 1 or run.nodes[i] in kept), len(run.nodes) - 1]
        pieces += [_piece(run, a, b, extract.spots) for a, b in pairwise(cuts)]
    return pieces


def _piece(run: Run, a: int, b: int, spots: dict[int, Spot]) -> Piece:
    nodes = run.nodes[a : b + 1]
    return Piece(nodes, run.places[a : b + 1], run.attributes, run.way, run.way, _lights(nodes[1:-1], spots))


def _lights(nodes: tuple[int, ...], spots: dict[int, Spot]) -> tuple[int, int]:
    signals = [spots[node].signal for node in nodes if node in spots]
    return sum(s in ("both", "forward") for s in signals), sum(s in ("both", "backward") for s in signals)


def _merged(pieces: list[Piece], extract: Extract) -> list[Piece]:
    kept = _kept_nodes(extract)
    ends: dict[int, list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        ends[piece.nodes[0]].append(number)
        ends[piece.nodes[-1]].append(number)
    done: set[int] = set()
    merged = []
    for number, piece in enumerate(pieces):
        if number in done:
            continue
        done.add(number)
        ahead = _chained(_followers(piece, pieces, ends, kept, done), extract.spots)
        behind = _followers(ahead.turned(), pieces, ends, kept, done)
        merged.append(_chained(behind, extract.spots).turned())
    return merged


def _followers(
    piece: Piece, pieces: list[Piece], ends: dict[int, list[int]], kept: set[int], done: set[int]
) -> list[Piece]:
    """The piece and those after it, over nodes where exactly one other piece goes on with the same attributes."""
    chain = [piece]
    while True:
        node = chain[-1].nodes[-1]
        onward = [number for number in ends[node] if number not in done]
        if node in kept or len(ends[node]) != 2 or len(onward) != 1:
            return chain
        follower = pieces[onward[0]]
        follower = follower if follower.nodes[0] == node else follower.turned()
        if follower.attributes != piece.attributes:
            return chain
        done.add(onward[0])
        chain.append(follower)


def _chained(chain: list[Piece], spots: dict[int, Spot]) -> Piece:
    first = chain[0]
    nodes = first.nodes + tuple(node for link in chain[1:] for node in link.nodes[1:])
    places = first.places + tuple(place for link in chain[1:] for place in link.places[1:])
    seams = _lights(tuple(link.nodes[0] for link in chain[1:]), spots)
    along = seams[0] + sum(link.lights[0] for link in chain)
    back = seams[1] + sum(link.lights[1] for link in chain)
    return Piece(nodes, places, first.attributes, first.first_way, chain[-1].last_way, (along, back))


def _junction(place: tuple[float, float], spot: Spot) -> Junction:
    return Junction(*place, spot.block, spot.height_m, spot.weight_t, spot.width_m, bool(spot.signal))


def _stretch(piece: Piece, numbers: dict[int, int]) -> Stretch:
    road = piece.attributes
    return Stretch(
        tail=numbers[piece.nodes[0]],
        head=numbers[piece.nodes[-1]],
        road_class=road.road_class,
        shape=piece.places,
        along=road.along,
        back=road.back,
        maxspeed=road.maxspeed,
        height_m=road.height_m,
        weight_t=road.weight_t,
        width_m=road.width_m,
        long_m=road.long_m,
        bits=road.bits,
        name=road.name,
        signals=piece.lights,
    )


def _restrictions(extract: Extract, pieces: list[Piece], numbers: dict[int, int]) -> list[Restriction]:
    arriving: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        arriving[piece.nodes[-1], piece.last_way].append(2 * number)
        arriving[piece.nodes[0], piece.first_way].append(2 * number + 1)
    resolved: list[Restriction] = []
    for rule in extract.rules:
        found = _resolve(rule, arriving, numbers)
        if found is None:
            extract.notes["restrictions whose roads are not in the extract"] += 1
        else:
            resolved.append(found)
    return resolved


def _resolve(rule: TurnRule, arriving: dict[tuple[int, int], list[int]], numbers: dict[int, int]) -> Restriction | None:
    sources = arriving.get((rule.via, rule.from_way), [])
    # Leaving a junction is arriving at it the other way round.
    targets = [edge ^ 1 for edge in arriving.get((rule.via, rule.to_way), [])]
    if not sources or not targets:
        return None
    return Restriction(numbers[rule.via], tuple(sources), tuple(targets), rule.binds, rule.only)
