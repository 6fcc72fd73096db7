"""Trains the small Whisper-architecture model that ships with the project."""
