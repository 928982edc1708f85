// A student who comes from the web: an event, an answer.
const server = require("dgram").createSocket("udp4");
server.on("message", (message, from) => server.send(message, from.port, from.address));
server.bind(3500, "127.0.0.1");
