"""LivePhoto training: simulated clips, networks, trainer, export, evaluation."""
