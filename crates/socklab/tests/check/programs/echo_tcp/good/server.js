// A student who pipes the socket into itself.
const server = require("net").createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});
server.listen(3500, "127.0.0.1");
