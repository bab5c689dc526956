"""The virtual magnetic resonance scanner."""
