"""What invoicing shows, and what it keeps of the facts that it heard."""
