"""Starting, building and filling Muster."""
