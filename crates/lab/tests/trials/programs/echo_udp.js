const s = require('dgram').createSocket('udp4');
s.on('message', (data, from) => s.send(data, from.port, from.address));
s.bind(3500);
