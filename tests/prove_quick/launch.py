"""`python launch.py DATA`: the real launcher and the real processes in live use, without a map and without screens."""

import sys
from pathlib import Path

from infra.run import Options, run

if __name__ == "__main__":
    run(Options(data=Path(sys.argv[1]), port=None, demo=False, fresh=False), parts=lambda _place, _options: None)
