"""Words to the document: utterances, the figures of the conversation, the transcript and its invariants."""
