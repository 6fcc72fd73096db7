"""All that runs without a GPU: the API, its functions, and the command line. It never decodes audio."""
