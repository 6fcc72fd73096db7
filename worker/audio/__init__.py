"""From the bytes of a recording to the legs of a call; nothing here knows of jobs or of the engine."""
