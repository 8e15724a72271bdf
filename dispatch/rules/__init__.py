"""What may be done at dispatch and what follows: pure functions over frozen values."""
