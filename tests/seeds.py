"""How long tests look, and where chance begins: the same at every run unless make torture says."""

import os

TORTURE = bool(os.environ.get("NATURECODE_TORTURE"))
SEED = int(os.environ.get("NATURECODE_SEED", "1"))
