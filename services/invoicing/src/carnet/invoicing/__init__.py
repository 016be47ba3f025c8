"""Articles, documents, payments and reminders: what is due and billed."""
