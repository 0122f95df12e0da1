"""Import: transcripts of AI tools become sessions, each message once however often it is read."""

from git_naturecode.importing.choose import chosen
from git_naturecode.importing.run import Imported, Options, Step, import_files

__all__ = ["Imported", "Options", "Step", "chosen", "import_files"]
