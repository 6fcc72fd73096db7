"""What can be done with a job: one use case a function, called by its route."""
