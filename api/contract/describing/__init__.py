"""The contract as a document: openapi.json, its examples, and the page that shows it."""
