// A student who collects what comes until the server ends.
const socket = require("net").connect(3500, "127.0.0.1", () => socket.end("hello from node"));
let reply = "";
socket.on("data", (part) => (reply += part));
socket.on("end", () => console.log("reply:", reply));
