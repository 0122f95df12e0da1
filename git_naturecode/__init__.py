"""The version of git naturecode, nothing else."""

__version__ = "1.4.0.dev0"
