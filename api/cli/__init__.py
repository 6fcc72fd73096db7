"""`callscribe`, what people type: a client of the public contract, and the supervisor of the local stack."""
