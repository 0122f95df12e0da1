"""One process of a clone at a time, and no wish is missed."""

from box import Box
from git_naturecode.store.alone import Alone
from git_naturecode.store.lock import hold


def test_what_is_asked_for_meanwhile_is_done_before_it_ends(box: Box) -> None:
    with box.repo().store() as store:
        alone, calls = Alone(store, "demo"), [0]

        def do() -> int:
            calls[0] += 1
            if calls[0] < 3:
                alone.ask()
            return 10

        assert alone.work(do, lambda: True) == 30
        calls[0] = 0
        assert alone.work(do, lambda: False) == 10  # asked, but nothing is behind
        calls[0] = 9
        assert alone.work(do, lambda: True) == 10  # nobody asked


def test_nothing_is_done_where_another_process_is_at_it(box: Box) -> None:
    with box.repo().store() as store:
        alone = Alone(store, "demo")
        alone.ask()
        with hold(f"{store.state_dir}/demo.lock", 0) as held:
            assert held
            assert alone.work(lambda: 1, lambda: True) == 0
            assert not alone.launch({})
        assert alone.work(lambda: 1, lambda: True) == 1
