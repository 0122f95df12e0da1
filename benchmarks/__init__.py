"""How good the reviews are: measured on sets of real changes that lie beside the project."""
