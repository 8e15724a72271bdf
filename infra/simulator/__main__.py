"""`python -m infra.simulator`."""

from infra.simulator.play import main

main()
