"""The claims of the lectures, measured: one file per claim, found by its name `cXX_*.py`."""
