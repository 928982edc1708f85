// Un estudiante de node: junta hasta el fin de línea.
const server = require("net").createServer((socket) => {
  let pending = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (part) => {
    pending = Buffer.concat([pending, part]);
    for (let end; (end = pending.indexOf(10)) >= 0; pending = pending.subarray(end + 1)) {
      socket.write(pending.subarray(0, end + 1));
    }
  });
});
server.listen(3500, "127.0.0.1");
