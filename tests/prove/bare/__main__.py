"""`python -m tests.prove.bare [CASE …]`: starts on bare machines; PASS or FAIL with seconds, a failure with its log."""

import argparse
import sys

from tests.prove.bare.proof import CASES, prove

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.prove.bare", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--suite", choices=("none", "narrow", "full"), default="narrow", help="of ./muster test")
    parser.add_argument("--cold", action="store_true", help="no cached packages in any case")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which a set-up is cut")
    given = parser.parse_args()
    unknown = [name for name in given.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    outcomes = prove(given.cases or list(CASES), cold=given.cold, suite=given.suite, seed=given.seed)
    sys.exit(int(not all(one.passed for one in outcomes)))
