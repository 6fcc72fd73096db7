"""What both sides mean (errors, job, transcript, protocol), then what both sides do (aws, observe, settings)."""
