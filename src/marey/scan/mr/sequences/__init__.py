"""Signal equations of MR sequences, one per file: spins and maps in, transverse magnetisation out."""
