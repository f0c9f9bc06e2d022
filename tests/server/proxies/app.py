# The application behind a proxy: answers with what it received, as JSON.
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = json.dumps({"method": self.command, "page": self.path, "headers": self.headers.items(),
                           "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}).encode()
        self.send_response(500 if self.path.endswith("/fault") else 401 if self.path.endswith("/own401") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
print("port %d" % server.server_port, flush=True)
server.serve_forever()
