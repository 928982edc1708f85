// A student of node who sends after two seconds.
const client = require("dgram").createSocket("udp4");
client.on("message", (reply) => {
  console.log("-->", reply.toString());
  setTimeout(() => client.close(), 1000);
});
setTimeout(() => client.send("hello", 3500, "127.0.0.1"), 2000);
