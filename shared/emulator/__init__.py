"""The local stack: AWS on loopback (`server`), what lies in it (`resources`), and how it gets there (`making`)."""
