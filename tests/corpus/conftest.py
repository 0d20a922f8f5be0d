"""Keeps pytest (which runs with --doctest-modules) away from the scripts of this folder."""

collect_ignore_glob = ["*.py"]
