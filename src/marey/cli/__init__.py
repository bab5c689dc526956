"""The terminal: `marey analyze`, `info`, `simulate` and `train`. Imports nothing heavy until a command runs."""
