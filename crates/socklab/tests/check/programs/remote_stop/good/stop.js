// A student of node who closes the socket: nothing is left to wait for, so the program ends.
const server = require("dgram").createSocket("udp4");
server.on("message", (message, from) => {
  if (message.toString() === "SALIR") server.close();
  else server.send(message, from.port, from.address);
});
server.bind(3500, "127.0.0.1");
