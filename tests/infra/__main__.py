"""`make cassette`: `python -m infra record`."""

import argparse

from infra.record import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="infra", description=__doc__)
    parser.add_argument("command", choices=["record"], help="write down what Terraform makes of the local environment")
    parser.parse_args()
    main()
