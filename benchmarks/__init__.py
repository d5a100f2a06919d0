"""Measurements: ratios against a named peer in the same run, never absolute times in tests."""
