"""`./muster prove [NAME …] [--json FILE]`: promises under faults, each with a planted bug that must be caught."""

import sys

from tests.measuring import measuring

PROOFS: dict[str, str] = {
    "audit": "tests.prove.audit:prove",
    "rollover": "tests.prove.rollover:prove",
    "upgrade": "tests.prove.upgrade:prove",
    "bare": "tests.prove.bare.proof:measure",
    "contend": "tests.prove.contend:measure",
    "degraded": "tests.prove.degraded:measure",
    "disk": "tests.prove.disk:measure",
    "kill": "tests.prove.kill:measure",
    "live": "tests.prove.live:measure",
    "soak": "tests.prove.soak:measure",
    "hostile": "tests.prove.hostile:measure",
}

if __name__ == "__main__":
    sys.exit(measuring("./muster prove", PROOFS))
