"""Reading a file of objects: a mapping says what its columns mean; each row is an object, or refused with a reason."""
