"""From a heart to its beat: electrophysiology, mechanics, circulation, ECG; one published model a file."""
