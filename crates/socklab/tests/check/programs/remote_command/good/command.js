// A student of node: exec() gives the code when the command has ended.
const { spawn } = require("child_process");
const server = require("dgram").createSocket("udp4");
server.on("message", (message, from) => {
  const text = message.toString();
  if (!text.startsWith("CMD ")) return server.send(message, from.port, from.address);
  const child = spawn("/bin/sh", ["-c", text.slice(4)], { stdio: ["ignore", "inherit", "inherit"] });
  child.on("close", (code, signal) => server.send(`exit=${code === null ? -1 : code}`, from.port, from.address));
});
server.bind(3500, "127.0.0.1");
