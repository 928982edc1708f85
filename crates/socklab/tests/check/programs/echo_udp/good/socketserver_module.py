# A student who found socketserver in the library's manual.
import socketserver


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        message, sock = self.request
        sock.sendto(message, self.client_address)


with socketserver.UDPServer(("127.0.0.1", 3500), Echo) as server:
    server.serve_forever()
