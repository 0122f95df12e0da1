"""Articles in two clones: both come to the same text, the same names, the same history."""

from box import Box
from cli.written import TEXT, add, edit


def test_two_clones_have_one_article(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    entity = add(ada, TEXT + "\nOne.\n\nTwo.\n")
    ada.nc("sync")
    ben.nc("sync")
    edit(ada, entity, TEXT + "\nOne, by ada.\n\nTwo.\n")
    edit(ben, entity, TEXT + "\nOne.\n\nTwo, by ben.\n")
    ada.nc("kb", "vote", entity, "--helpful")
    ben.nc("kb", "vote", entity, "--helpful")
    for one in (ada, ben, ada):
        one.nc("sync")
    shown = [one.nc("kb", "show", entity, "--json").json for one in (ada, ben)]
    assert shown[0] == shown[1]
    assert shown[0]["content"] == TEXT + "\nOne, by ada.\n\nTwo, by ben.\n"
    assert shown[0]["helpful"] == 2
    (row,) = ada.nc("kb", "list", "--json").json["items"]
    assert row["heads"] == shown[0]["heads"]
    ada.nc("kb", "rm", entity)
    edit(ben, entity, TEXT + "\nStill needed.\n")
    for one in (ben, ada, ben):
        one.nc("sync")
    for one in (ada, ben):
        told = one.nc("kb", "show", entity).out
        assert "Still needed." in told
        assert "kept, although ada@example.com deleted it" in told


def test_of_two_that_take_one_name_the_first_keeps_it(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    ids = sorted([add(ada), add(ben, "# Retry with jitter\n\nOf ben.\n")])
    for one in (ada, ben, ada):
        one.nc("sync")
    names = [f"retry-with-jitter{'' if n == 0 else '-' + ids[n][-8:-4]}" for n in range(2)]
    for one in (ada, ben):
        found = {r["id"]: r["slug"] for r in one.nc("kb", "list", "--json").json["items"]}
        assert [found[i] for i in ids] == names
        assert [one.nc("kb", "show", n, "--json").json["id"] for n in names] == ids


def test_the_last_change_is_shown_across_deletions(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    entity = add(ada)
    for one in (ada, ben):
        one.nc("sync")
    ada.nc("kb", "rm", entity)
    edit(ben, entity, TEXT + "\nStill needed.\n")
    for one in (ada, ben):
        one.nc("sync")
    difference = ben.nc("kb", "diff", entity).out
    assert "+Still needed." in difference
    assert "-Wait" not in difference
    ben.nc("kb", "rm", entity)
    ben.nc("kb", "restore", entity, "r1")
    difference = ben.nc("kb", "diff", entity).out
    assert "-Still needed." in difference
    assert "+Wait" not in difference
