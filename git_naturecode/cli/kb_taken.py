"""Taking edits of the folder in before a command, which says of each what became of it."""

from git_naturecode.cli.context import Context
from git_naturecode.render.show import show
from git_naturecode.store.store import Store


def take_in(context: Context, store: Store) -> int:
    """Take in what was changed in the folder of this work tree; how many files that were.

    Costs a look at each file of an article, and loads nothing more where none was changed.
    """
    from git_naturecode.store import put_back, touched

    if context.took_in:
        return 0
    looked = touched.look(store)
    if not (looked or put_back.noted(store)):
        return 0
    context.took_in = True
    from git_naturecode.kb import passed_over, taking_in
    from git_naturecode.kb import put_back as putting_back

    if store.redactor is None:
        store.redactor = context.redactor
    taken, left = taking_in.take_in(store, lambda text: context.tell(show(text)))
    putting_back.tell(store, looked, lambda text: context.tell(show(text)))
    if taking_in.is_wanted(store):
        passed_over.tell(store, looked, lambda text: context.tell(show(text)))
    if left:
        which = "file" if len(left) == 1 else "files"
        context.tell(
            f"hint: {len(left)} {which} of .naturecode/kb not taken in: mend, move or delete "
            f"{'it' if len(left) == 1 else 'them'}; `git naturecode status` says why"
        )
    return len(taken)
