"""The exam of a patient who does not exist, as a scanner would have sent it."""
