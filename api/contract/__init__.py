"""What goes over the wire: requests, answers, problems, and the table of routes. No decisions, no AWS."""
