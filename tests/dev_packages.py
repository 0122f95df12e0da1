"""Prints the packages of pyproject's dev group, for a pip too old to know groups."""

import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
print(" ".join(project["dependency-groups"]["dev"]))
