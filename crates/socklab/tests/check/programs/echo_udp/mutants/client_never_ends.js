// A student who forgot to close the socket: node waits for more.
const client = require("dgram").createSocket("udp4");
client.on("message", (message) => console.log("reply:", message.toString()));
client.send("hello", 3500, "127.0.0.1");
