"""The patient around the heart."""
