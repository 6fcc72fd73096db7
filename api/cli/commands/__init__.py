"""The commands, one file a noun; `api.cli.main` mounts them."""
