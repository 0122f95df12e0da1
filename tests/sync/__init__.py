"""Tests of sync between real clones."""
