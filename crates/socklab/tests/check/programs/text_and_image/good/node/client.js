// Y el cliente: longitudes en bytes.
const fs = require("fs");
const text = Buffer.from(process.argv[2]);
const image = fs.readFileSync(process.argv[3]);
const header = Buffer.alloc(8);
header.writeUInt32BE(text.length, 0);
header.writeUInt32BE(image.length, 4);
require("net").connect(3500, "127.0.0.1").end(Buffer.concat([header, text, image]));
