// Sends three messages, each after the answer to the one before.
const net = require('node:net');

const [host, port] = process.argv.slice(2);
const messages = ['uno', 'dos', 'tres'];
const socket = net.connect({ host, port: Number(port) });
const next = () => (messages.length > 0 ? socket.write(messages.shift()) : socket.end());
socket.on('connect', next);
socket.on('data', (data) => {
  console.log(data.toString());
  next();
});
