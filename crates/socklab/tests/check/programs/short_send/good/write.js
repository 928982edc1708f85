// Una estudiante de node: write() guarda lo que el núcleo no tomó, y lo envía después.
const socket = require("net").connect(3500, "127.0.0.1", () => {
  for (const piece of ["Hola", " Mun", "do!"]) socket.write(piece);
});
socket.once("data", (reply) => {
  console.log("Recibido:", reply.toString());
  socket.end();
});
