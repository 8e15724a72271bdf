"""The live connection: the services' events and positions, folded into one picture and told to every screen."""
