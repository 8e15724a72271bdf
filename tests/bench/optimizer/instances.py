"""Foreign instances: reads problems as JSON, plans each, writes the plan beside it (docs/optimizer-instances.md)."""

import sys
from pathlib import Path

from dispatch.optimizer import recommend, warm_up
from dispatch.optimizer.asjson import Refused, parse
from tests.bench.optimizer.timing import spent

PLAN = ".plan.json"


def plan_all(folder: Path) -> int:
    """Plans every problem in a folder and says how; 1 where one was refused or there is none."""
    files = sorted(path for path in folder.glob("*.json") if not path.name.endswith(PLAN))
    if not files:
        print(f"{folder}: no *.json", file=sys.stderr)
        return 1
    warm_up()
    refused = 0
    for path in files:
        try:
            problem = parse(path.read_text(encoding="utf-8"))
        except (Refused, UnicodeDecodeError) as refusal:
            refused += 1
            print(f"{path.name}: refused: {refusal}")
            continue
        answer, ms = spent(recommend, problem)
        path.with_name(path.name.removesuffix(".json") + PLAN).write_text(answer.to_json() + "\n", encoding="utf-8")
        claims = answer.provenance
        unmet = sum(part.figures.unmet_units for part in answer.incidents)
        print(
            f"{path.name}: {len(answer.roles)} units, {unmet} places unmet, unmet {claims.unmet}, completion "
            f"{claims.completion}, final {claims.final}, {ms:.0f} ms of CPU"
        )
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(plan_all(Path(sys.argv[1])))
