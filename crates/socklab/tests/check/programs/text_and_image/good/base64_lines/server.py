# A student who makes text of the image, so that a newline can stand between the two.
import base64
import binascii
import socketserver
import tempfile


class Receiver(socketserver.StreamRequestHandler):
    def handle(self):
        text = base64.b64decode(self.rfile.readline())
        line = self.rfile.readline()
        if not line.endswith(b"\n"):
            return
        try:
            image = base64.b64decode(line)
        except binascii.Error:
            return
        print(text.decode(), flush=True)
        with tempfile.NamedTemporaryFile(dir=".", delete=False) as file:
            file.write(image)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", 3500), Receiver).serve_forever()
