"""How cine slices look: samples from several sources, numbers that describe them, and who can tell them apart."""
