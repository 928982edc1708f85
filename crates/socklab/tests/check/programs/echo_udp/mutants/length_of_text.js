// Una estudiante que cuenta caracteres donde el núcleo cuenta bytes: con tildes, el eco queda corto.
const server = require("dgram").createSocket("udp4");
server.on("message", (message, from) => {
  const text = message.toString();
  server.send(Buffer.from(text), 0, text.length, from.port, from.address);
});
server.bind(3500, "127.0.0.1");
