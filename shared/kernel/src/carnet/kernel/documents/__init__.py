"""Documents: one port and its adapters; PDFs, mails, photos and signatures by their SHA-256."""
