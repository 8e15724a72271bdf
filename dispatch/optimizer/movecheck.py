"""The independent checker of move-ups: every rule and figure again, in plain loops from the ground alone."""

from collections import Counter

from dispatch.optimizer.coverage import BANDS_S, MILLION, Cover
from dispatch.optimizer.ground import Ground, MoveRules
from dispatch.optimizer.moveup import Moves, MoveUp


def faults_of_moves(ground: Ground, rules: MoveRules, answer: MoveUp) -> tuple[str, ...]:
    """Everything wrong with a proposal and with the rule's set beside it; empty = sound."""
    found = [] if _cover(ground, rules, Counter()) == answer.before else ["the state before is told wrongly"]
    for name, moves in (("proposal", answer.proposal), ("rule", answer.rule)):
        found += [f"{name}: {fault}" for fault in (*_broken(ground, rules, moves), *_wrong(ground, rules, moves))]
    if answer.proposal.value_ppm < answer.rule.value_ppm:
        found.append("the proposal is worse than the rule")
    if answer.proved != (answer.gap_ppm == 0):
        found.append("proved and the gap contradict each other")
    return tuple(found)


def _broken(ground: Ground, rules: MoveRules, moves: Moves) -> list[str]:
    stands = {unit_id: place for place in ground.places for unit_id in place.unit_ids}
    at = {place.id: number for number, place in enumerate(ground.places)}
    given, received = Counter(move.from_id for move in moves.moves), Counter(move.to_id for move in moves.moves)
    found = [f"more than {rules.most_moves} moves"] if len(moves.moves) > rules.most_moves else []
    if len({move.unit_id for move in moves.moves}) < len(moves.moves):
        found.append("a unit moves twice")
    for move in moves.moves:
        if move.to_id not in at or move.unit_id not in stands or stands[move.unit_id].id != move.from_id:
            found.append(f"{move.unit_id} does not stand free at {move.from_id}, or {move.to_id} is not known")
            continue
        seconds = int(ground.move_s[at[move.from_id], at[move.to_id]])
        if move.seconds != seconds or seconds > rules.longest_s or move.from_id == move.to_id:
            found.append(f"{move.unit_id} to {move.to_id} takes {seconds} s, not {move.seconds}, or too long")
        if received[move.from_id]:
            found.append(f"{move.from_id} gives and receives")
        place = stands[move.unit_id]
        if len(place.unit_ids) + place.bound - given[move.from_id] < place.floor:
            found.append(f"{move.from_id} falls below its floor")
    return found


def _wrong(ground: Ground, rules: MoveRules, moves: Moves) -> list[str]:
    change = Counter({place.id: 0 for place in ground.places})
    for move in moves.moves:
        change[move.from_id] -= 1
        change[move.to_id] += 1
    after, total = _cover(ground, rules, change), int(ground.risk.sum())
    found = [] if after == moves.after else ["the state after is told wrongly"]
    price = sum(rules.move_price_ppm + rules.second_price_ppm * move.seconds for move in moves.moves)
    value = _worth(ground, rules, change) - _worth(ground, rules, Counter()) - total * price
    if value // max(1, total) != moves.value_ppm:
        found.append(f"the value is {value // max(1, total)}, not {moves.value_ppm}")
    return found


def _worth(ground: Ground, rules: MoveRules, change: Counter[str]) -> int:
    worth = 0
    for zone, risk in enumerate(ground.risk.tolist()):
        covers = sum(
            len(place.unit_ids) + place.bound + change[place.id]
            for at, place in enumerate(ground.places)
            if ground.drive_s[at, zone] + ground.turnout_s <= rules.limit_s
        )
        chance = {0: 0, 1: (100 - rules.busy_pct) * 100}.get(covers, 100 * 100 - rules.busy_pct**2)
        worth += risk * chance * 100
    return worth


def _cover(ground: Ground, rules: MoveRules, change: Counter[str]) -> Cover:
    total = max(1, int(ground.risk.sum()))
    there = [at for at, each in enumerate(ground.places) if len(each.unit_ids) + each.bound + change[each.id] > 0]
    shares = []
    for band in BANDS_S:
        reached = 0
        for zone, risk in enumerate(ground.risk.tolist()):
            if any(ground.drive_s[at, zone] + ground.turnout_s <= band for at in there):
                reached += risk
        shares.append(reached * MILLION // total)
    return Cover(tuple(shares), _worth(ground, rules, change) // total)
