"""Speech to words: spans, windows, the engine, the language vote, word times and the guards."""
