"""The adapters: the only place that speaks to AWS. The same code runs in the cloud and on a laptop."""
