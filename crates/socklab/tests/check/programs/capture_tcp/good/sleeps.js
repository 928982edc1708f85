// Un estudiante de node: setTimeout() en lugar de sleep().
const server = require("net").createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => setTimeout(() => socket.write(data), 1500));
});
server.listen(3500, "127.0.0.1");
