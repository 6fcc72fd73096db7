"""What leaves for addresses that customers name: signed, to public receivers only, within a fixed time."""
