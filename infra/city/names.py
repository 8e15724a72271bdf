"""Street names for the streets that the skeleton does not name."""

from random import Random

FIRST = (
    "安宝昌春翠东枫福富阁光广桂海和恒红虹华惠吉嘉锦景静康兰丽林龙隆民明"
    "南宁平祥清庆荣瑞善盛顺松泰天团文祥新鑫兴雅阳怡银永友玉园悦云振中紫"
)
SECOND = "安昌城春德东丰福岗港光河湖华江康林龙门民明宁平泉山水泰堂田湾阳园苑云州"


class StreetNames:
    """Hands out each made-up name once per city, in an order fixed by the generator's random source."""

    def __init__(self, rng: Random) -> None:
        pairs = sorted({a + b for a in FIRST for b in SECOND if a != b})
        rng.shuffle(pairs)
        self._pairs = pairs
        self._used = 0

    def next(self, suffix: str) -> str:
        name = self._pairs[self._used % len(self._pairs)]
        turn = self._used // len(self._pairs)
        self._used += 1
        return name + ("东西南北"[(turn - 1) % 4] if turn else "") + suffix
