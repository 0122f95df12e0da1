"""Import: transcripts of AI tools become sessions, each message once however often it is read."""

from git_naturecode.importing.choose import find_files
from git_naturecode.importing.run import Imported, Options, Step, import_files

__all__ = ["Imported", "Options", "Step", "find_files", "import_files"]
