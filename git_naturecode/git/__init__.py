"""The one door to git: nobody else knows pygit2 or starts the git program."""
