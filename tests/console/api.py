"""A fake API that accepts one key, for accounts with a valid or an invalid key."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Api(BaseHTTPRequestHandler):
    key = "good-key"
    # A page that a proxy answers in place of the API, if any.
    page = None

    def do_GET(self):
        good = self.headers["authorization"] == self.key
        body = json.dumps([] if good else {"message": "no"}).encode()
        if self.page:
            body = self.page.encode()
        self.send_response(200 if good or self.page else 401)
        self.send_header("content-type", "text/html" if self.page else "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-rate-limit-limit", "500")
        self.send_header("x-rate-limit-remaining", "75")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start():
    """Starts the API and returns its URL."""
    api = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{api.server_port}"
