// Un estudiante de node: junta todo y al final lo separa por las longitudes.
const fs = require("fs");
require("net")
  .createServer((socket) => {
    const parts = [];
    socket.on("error", () => socket.destroy());
    socket.on("data", (part) => parts.push(part));
    socket.on("end", () => {
      const all = Buffer.concat(parts);
      if (all.length < 8) return;
      const [text, image] = [all.readUInt32BE(0), all.readUInt32BE(4)];
      if (all.length !== 8 + text + image) return;
      fs.writeFileSync("image.bin", all.subarray(8 + text));
      console.log(all.toString("utf8", 8, 8 + text));
    });
  })
  .listen(3500, "127.0.0.1");
