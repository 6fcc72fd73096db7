"""The decoding process: the only place where FFmpeg meets a customer's bytes; a process, nobody imports it."""
