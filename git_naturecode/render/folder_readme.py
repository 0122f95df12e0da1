"""The first page of the folder: what stands in it, and what of it may be changed."""

TEXT = """\
# Team memory

What `git naturecode` knows in this clone, as files: `sessions/` and `reviews/` to read, `kb/` to
read and to edit. git ignores this folder. Nothing in it is ever built or run.

## Editing the knowledge base

* Change a file in `kb/articles`, `kb/snippets`, `kb/practices` or `kb/faqs` with any editor: its
  text, and in its head `title:` and `tags:`. Leave the line `nc:` as it is.
* A new file with a name that ends with `.md`, in one of these four, becomes a new article.
* The next `git naturecode kb list` (or another `kb` command) takes in what was changed, and says
  so; `git naturecode sync` does that too, and shares it. `git naturecode status` names what waits.
* Where others wrote something else at the same place both texts stand between lines with ⚠: keep
  one or join them, and delete these lines.
* What a file cannot say: `git naturecode kb rm NAME` deletes an article,
  `git naturecode kb rename NAME NEW` renames it, `git naturecode kb edit NAME --type faq` makes it
  another type. A file that was only deleted or moved comes back.

All else here is written anew as things are said: `git naturecode session`, `git naturecode review`.
"""
