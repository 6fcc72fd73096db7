"""Every hostile URL through a sender with the real resolver and the real network, watched by the interpreter itself.

Prints one line for each look-up and each connection that was tried, then the words that the attempts ended with. A
proxy stands in the environment: nobody must ask it.
"""

import sys
import time

from webhooks.attempts import NOW
from webhooks.hostile import BROKEN, NO_NAME

from api.outbound.post import Sender

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen")


def main() -> None:
    seen: list[str] = []
    sys.addaudithook(lambda name, given: seen.append(f"{name} {given[1:]!a}") if name in WATCHED else None)
    sender = Sender(clock=time.monotonic)
    urls = [*(f"https://{host}/calls" for host in NO_NAME), *BROKEN]
    ended = {str(sender.post(url, {}, b"{}", NOW).error) for url in urls}
    # That the watch itself works: a name that is looked up, in a zone that is empty by definition.
    sender.post("https://hooks.invalid/", {}, b"{}", NOW)
    print(len(urls), *sorted(ended))
    print("\n".join(seen))


if __name__ == "__main__":
    main()
