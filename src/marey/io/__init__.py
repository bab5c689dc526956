"""Files in and out: DICOM, NIfTI. Import from the submodules; nothing heavy is loaded here."""
