"""E-mails and letters and their fate: who was told."""
