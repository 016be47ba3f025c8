"""The published language of Carnet: what the contexts tell each other and the world."""
