"""Choosing between the git program and pygit2 by what is about to be done."""

from git_naturecode.git.objects import Objects
from git_naturecode.git.program import ProgramObjects
from git_naturecode.git.repo import Repo

CHOICE = "NATURECODE_GIT"  # program or library: forces one way, for tests and for comparing


def open_objects(repo: Repo, *, many: bool) -> Objects:
    """The objects of `repo`; `many` says that hundreds of operations will follow.

    Loading pygit2 costs as much as fifty git processes (DESIGN 15), so short work goes through
    the git program; so does any repository that libgit2 cannot open.
    """
    forced = repo.program.environ.get(CHOICE, "")
    if (many or forced == "library") and forced != "program" and _library_can(repo):
        from git_naturecode.git.library import LibraryObjects

        return LibraryObjects(repo)
    return ProgramObjects(repo)


def _library_can(repo: Repo) -> bool:
    return repo.object_format == "sha1" and repo.ref_format == "files" and not repo.is_partial
