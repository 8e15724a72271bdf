"""Emergency plans and response cards."""
