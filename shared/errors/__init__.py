"""Every named failure, one tree: `root`, what ends `jobs`, what is `transient`, what refuses `requests`."""
