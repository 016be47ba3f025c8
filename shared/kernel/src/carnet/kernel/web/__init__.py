"""The web base: problems, persons and roles, guards, lists by cursor, preconditions, pages."""
