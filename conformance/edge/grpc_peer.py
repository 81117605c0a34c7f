"""Both ends of gRPC, with messages that are octets as they come.

grpc_peer.py serve          listens on a free port of 127.0.0.1 and prints it
grpc_peer.py ask HOST:PORT AUTHORITY [CA]
                            calls what is served there by that authority, by TLS if the file of an authority is given
"""

import queue
import sys
from concurrent import futures

import grpc

SERVICE = "edge.Echo"


def unary(request, context):
    if request == b"refuse":
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "as you asked")
    metadata = dict(context.invocation_metadata())
    context.set_trailing_metadata((("x-asked", metadata.get("x-asked", "")), ("x-octets-bin", b"\x00\xff")))
    return request


def many(request, context):
    for number in range(int(request)):
        yield b"%d" % number


def both(requests, context):
    for request in requests:
        if request == b"refuse":
            context.abort(grpc.StatusCode.OUT_OF_RANGE, "enough")
        yield request


def serve():
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "Many": grpc.unary_stream_rpc_method_handler(many),
        "Both": grpc.stream_stream_rpc_method_handler(both),
    }
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


def same(what, got, expected):
    if got != expected:
        sys.exit(f"{what}: {got!r} instead of {expected!r}")


def failed(what, call, code, details):
    try:
        call()
    except grpc.RpcError as error:
        same(what, (error.code(), error.details()), (code, details))
    else:
        sys.exit(f"{what}: no error")


def ask(target, authority, ca=None):
    options = [("grpc.default_authority", authority), ("grpc.enable_retries", 0)]
    if ca is None:
        channel = grpc.insecure_channel(target, options)
    else:
        with open(ca, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        options.append(("grpc.ssl_target_name_override", authority))
        channel = grpc.secure_channel(target, credentials, options)
    with channel:
        one = channel.unary_unary(f"/{SERVICE}/Unary")
        reply, call = one.with_call(b"hello", metadata=(("x-asked", "this"),), timeout=20)
        same("reply", reply, b"hello")
        trailers = dict(call.trailing_metadata())
        same("trailers", (trailers.get("x-asked"), trailers.get("x-octets-bin")), ("this", b"\x00\xff"))
        large = bytes(3_000_000)
        same("large reply", one(large, timeout=20), large)
        failed("error", lambda: one(b"refuse", timeout=20), grpc.StatusCode.FAILED_PRECONDITION, "as you asked")
        nothing = channel.unary_unary(f"/{SERVICE}/Nothing")
        failed("method", lambda: nothing(b"", timeout=20), grpc.StatusCode.UNIMPLEMENTED, "Method not found!")

        replies = list(channel.unary_stream(f"/{SERVICE}/Many")(b"100", timeout=20))
        same("stream", replies, [b"%d" % number for number in range(100)])

        # Each reply has to come before the next request is sent.
        replies, turns = [], queue.Queue()
        calls = channel.stream_stream(f"/{SERVICE}/Both")

        def requests():
            for number in range(20):
                yield b"%d" % number
                turns.get(timeout=20)
            yield b"refuse"

        def talk():
            for reply in calls(requests(), timeout=20):
                replies.append(reply)
                turns.put(None)

        failed("end of a stream", talk, grpc.StatusCode.OUT_OF_RANGE, "enough")
        same("turns", replies, [b"%d" % number for number in range(20)])
    print("unary, large, error, unknown method, server stream, both ways: ok")


if sys.argv[1] == "serve":
    serve()
else:
    ask(*sys.argv[2:])
