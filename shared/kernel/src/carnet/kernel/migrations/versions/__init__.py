"""The steps, in their order; each is named after what it brings."""
