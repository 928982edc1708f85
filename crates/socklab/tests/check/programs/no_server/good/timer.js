// Una estudiante de node: un temporizador, y unref() no hace falta porque se cancela.
const client = require("dgram").createSocket("udp4");
const timer = setTimeout(() => {
  console.log("no contesta nadie");
  client.close();
}, 2500);
client.on("message", (reply) => {
  clearTimeout(timer);
  console.log("respuesta:", reply.toString());
  client.close();
});
client.send("hola", 3500, "127.0.0.1");
