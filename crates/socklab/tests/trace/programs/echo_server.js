// Sends back what one client sends, and ends with it.
const net = require('node:net');

const [host, port] = process.argv.slice(2);
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  server.close();
  socket.pipe(socket);
});
server.listen(Number(port), host, () => console.log('listening'));
