"""One profile for all property tests (no deadline: a test never depends on speed; nothing kept); the real engines."""

from hypothesis import Phase, settings

settings.register_profile("carnet", deadline=None, database=None)
# a mutant is dead at the first example against it, which need not be the smallest one
DEAD = (Phase.explicit, Phase.generate)
settings.register_profile("mutants", settings.get_profile("carnet"), max_examples=20, derandomize=True, phases=DEAD)
settings.load_profile("carnet")

pytest_plugins = ["engines.fixtures"]
