const net = require('net');

const server = net.createServer((socket) => {
  socket.on('data', (data) => {
    console.log(data.toString());
    socket.destroy();
    server.close();
  });
});
server.listen(0, () => net.connect(server.address().port, 'localhost').end('hello'));
