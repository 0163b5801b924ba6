// The server of the pages, with answers that a test sets.
'use strict';

const { startTalking } = require('./talking_program.js');

async function startServer(program) {
  const server = await startTalking(program);
  const { port, certificate, key } = JSON.parse(server.first);
  return {
    origin: `https://127.0.0.1:${port}`,
    certificate,
    key,
    async set(part, answer) {
      if (await server.ask(`${part} ${JSON.stringify(answer)}`) !== 'ok') throw new Error(`the server does not take ${part}`);
    },
    stop: server.stop,
  };
}

module.exports = { startServer };
