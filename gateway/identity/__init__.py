"""Who is asking: accounts, passwords, sessions, one-use links and tickets."""
