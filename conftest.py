"""One profile for all property tests (no deadline: a test never depends on speed; nothing kept); the real engines."""

from hypothesis import settings

settings.register_profile("carnet", deadline=None, database=None)
settings.load_profile("carnet")

pytest_plugins = ["engines.fixtures"]
