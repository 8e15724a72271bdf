"""Pinyin and English names of made-up Chinese names."""

import re
from functools import cache

from infra.city.register import Register, read_table
from infra.city.skeleton import SEED

# the last words of a name in English; what stands before them is spelt in pinyin
ENDINGS = (
    *(("消防救援站", "fire station"), ("急救站", "ambulance station"), ("储备库", "depot"), ("储备点", "depot")),
    *(
        ("应急库", "depot"),
        ("救援库", "depot"),
        ("抢修库", "depot"),
        ("泡沫库", "foam depot"),
        ("泡沫站", "foam depot"),
    ),
    *(
        ("协作库", "depot"),
        ("地铁站", "metro station"),
        ("路口", "crossing"),
        ("医院", "hospital"),
        ("小学", "primary school"),
    ),
    *(("中学", "middle school"), ("学校", "school"), ("大厦", "tower"), ("隧道", "tunnel"), ("立交桥", "interchange")),
)


@cache
def _sounds() -> dict[str, str]:
    return {row["id"]: row["pinyin"] for row in read_table(SEED / "pinyin.csv")}


def syllables(name: str) -> list[str]:
    """The sound of each character; a number or a Latin word stands for itself."""
    return [_sounds().get(part, part.lower()) for part in re.findall(r"[0-9A-Za-z]+|.", name)]


def initials(name: str) -> str:
    """First letters of the sounds, numbers whole, e.g. `htl16h` for 华泰路16号."""
    return "".join(sound if sound[0].isdigit() else sound[0] for sound in syllables(name))


def english(name: str) -> str:
    """An English reading of a Chinese name, e.g. `Jiefanglu fire station`."""
    for ending, words in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return f"{''.join(syllables(name.removesuffix(ending))).capitalize()} {words}"
    return "".join(syllables(name)).capitalize()


def name_in_english(register: Register) -> None:
    """Fills the English names that the seed list leaves open; bases and teams are named by what they are."""
    kinds = {row["id"]: row["name_en"] for row in read_table(SEED / "team_types.csv")}
    at_base = {}
    for team in register.rows["teams"]:
        number = team["id"].rsplit("-", 1)[1].lstrip("0")
        team["name_en"] = f"{kinds[team['type_code']]} {team['id'].split('-')[1]}-{number}"
        at_base[team["station_id"]] = f"base of {team['name_en']}"
    for station in register.rows["stations"]:
        is_base = station["name"].endswith("驻地")
        station["name_en"] = at_base[station["id"]] if is_base else english(station["name"])
    for name in ("stockpiles", "places"):
        for row in register.rows[name]:
            row["name_en"] = english(row["name"])
