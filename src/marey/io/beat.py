"""What a heart beat can last, whatever a header says."""

SHORTEST_RR, LONGEST_RR = 250.0, 3000.0  # ms

__all__ = ["LONGEST_RR", "SHORTEST_RR"]
