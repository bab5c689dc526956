"""The figures of docs/verification.md, one module per part of the physics; drawn by benchmarks/verification.py."""
