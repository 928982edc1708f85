// A student who closes the socket when the reply is there, so that node ends.
const client = require("dgram").createSocket("udp4");
client.on("message", (message) => {
  console.log("reply:", message.toString());
  client.close();
});
client.send("hello from node", 3500, "127.0.0.1");
