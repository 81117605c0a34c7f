"""Looks one name up as programs on c-ares do, and says what came of it, as one line of JSON.

    probe.py NAME both|v4|v6
"""

import json
import socket
import sys
import threading
import time

import pycares

FAMILIES = {"both": socket.AF_UNSPEC, "v4": socket.AF_INET, "v6": socket.AF_INET6}


def main() -> None:
    name, family = sys.argv[1:]
    done = threading.Event()
    said = {}

    def answered(result, error):
        said["elapsed"] = int((time.monotonic() - begin) * 1000)
        if error is None:
            said["addresses"] = [node.addr[0].decode() if isinstance(node.addr[0], bytes) else node.addr[0] for node in result.nodes]
        else:
            said["error"] = pycares.errno.errorcode[error].removeprefix("ARES_")
        done.set()

    begin = time.monotonic()
    try:
        channel = pycares.Channel()
    except pycares.AresError as error:
        print(json.dumps({"elapsed": 0, "error": f"channel: {error}"}))
        return
    begin = time.monotonic()
    channel.getaddrinfo(name, None, family=FAMILIES[family], type=socket.SOCK_STREAM, callback=answered)
    done.wait()
    print(json.dumps(said))


main()
