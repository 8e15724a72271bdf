"""What all services share: how an app starts, remembers, tells and refuses."""
