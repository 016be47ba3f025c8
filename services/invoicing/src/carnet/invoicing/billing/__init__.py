"""How something becomes a bill: the processes that go over several streams, and what is shown of them."""
