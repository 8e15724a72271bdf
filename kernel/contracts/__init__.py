"""The words: frozen values that services, events and screens agree on."""
