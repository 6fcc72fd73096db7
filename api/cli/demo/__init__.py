"""`callscribe demo`: `play` the whole service with the bundled calls, show it (`board`), judge it (`judging`)."""
