"""Image sequence -> motion."""

from marey.motion.track import LabelledCine, TrackCine, displacement

__all__ = ["LabelledCine", "TrackCine", "displacement"]
