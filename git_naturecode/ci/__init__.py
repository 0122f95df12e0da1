"""Reviews in CI: which change a job is about, its results, and their way onto a forge."""
