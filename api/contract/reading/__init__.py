"""How a request is read: body, query, Accept; what is wrong with it is told field by field."""
