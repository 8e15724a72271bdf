"""Made-up people on the seats of every unit. Nobody of these names is meant."""

from random import Random

import yaml

from infra.city.register import Register, Row
from infra.city.skeleton import SEED

FIRE_SEATS = ("指挥员", "驾驶员", "战斗一号", "战斗二号", "战斗三号", "战斗四号", "战斗五号")
SEATS = {
    "medical": ("医师", "驾驶员", "护士", "担架员"),
    "police": ("带班民警", "驾驶员"),
    "expert": ("专家",),
    "team": ("队长", "驾驶员", "队员一号", "队员二号", "队员三号", "队员四号", "队员五号", "队员六号", "队员七号"),
}
SKILLS = {
    "water": ("泵浦操作", "内攻"),
    "foam": ("泡沫操作", "内攻"),
    "ladder": ("举高操作", "高空救援"),
    "hazmat": ("A级防护", "侦检", "堵漏"),
    "rescue": ("破拆", "绳索", "顶撑"),
    "medical": ("急救", "创伤"),
    "expert": ("高级职称",),
}


class Names:
    """Draws made-up personal names."""

    def __init__(self, rng: Random) -> None:
        words = yaml.safe_load((SEED / "words.yaml").read_text(encoding="utf-8"))
        self._rng, self._words = rng, words

    def draw(self) -> str:
        if self._rng.random() < 0.12:
            return str(self._rng.choice(self._words["local"]))
        given = "".join(self._rng.sample(self._words["given"], self._rng.choice([1, 2, 2])))
        return str(self._rng.choice(self._words["surnames"]) + given)


def fill(register: Register, rng: Random) -> None:
    """One row per seat of each unit's crew."""
    names = Names(rng)
    people = register.rows["people"]
    for unit in register.rows["units"]:
        seats = _seats(unit)
        for k in range(unit["crew"]):
            seat = seats[k] if k < len(seats) else f"{seats[-1][:2]}{k + 1}"
            row = {"id": f"p-{len(people) + 1:05d}", "unit_id": unit["id"], "seat": seat, "name": names.draw()}
            people.append({**row, "qualifications": _qualifications(unit, seat, rng), "on_duty": True})


def _seats(unit: Row) -> tuple[str, ...]:
    if unit["unit_class"] in SEATS:
        return SEATS[unit["unit_class"]]
    return FIRE_SEATS if unit["family"] == "fire" else SEATS["team"]


def _qualifications(unit: Row, seat: str, rng: Random) -> tuple[str, ...]:
    if seat == "驾驶员":
        return ("A2驾驶" if unit["unit_class"] in ("ladder", "plant") else "B2驾驶",)
    skills = SKILLS.get(unit["unit_class"], ("应急救援",))
    return tuple(sorted(rng.sample(skills, rng.randint(1, len(skills)))))
