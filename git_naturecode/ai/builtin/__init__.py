"""The reviewer that needs no model and no network: what a change says by itself, and rules."""
