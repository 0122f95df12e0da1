"""The torture run: random commands, syncs, kills and faults over five clones and two remotes."""
