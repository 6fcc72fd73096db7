"""The GPU side: takes jobs from a queue, reads audio, makes text, stores it once and tells of it."""
