// A student of node who reads rinfo.address.
const allowed = new Set(["127.0.0.1"]);
const server = require("dgram").createSocket("udp4");
server.on("message", (message, from) => {
  if (allowed.has(from.address)) server.send(message, from.port, from.address);
});
server.bind(3500, "0.0.0.0");
