# Un estudiante con un hilo por cliente: la cola queda vacía enseguida.
import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(1024))


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 1
    allow_reuse_address = True


Server(("127.0.0.1", 3500), Echo).serve_forever()
