"""What stands in for API Gateway and event source mappings on one machine, with their limits."""
