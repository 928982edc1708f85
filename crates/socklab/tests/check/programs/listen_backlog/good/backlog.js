// A student of node, where the third argument is the backlog.
const server = require("net").createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});
server.listen(3500, "127.0.0.1", 1);
