// The server of the pages, with answers that a test sets.
'use strict';

const { spawn } = require('node:child_process');
const readline = require('node:readline');

async function startServer(program) {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { port, certificate, key } = JSON.parse((await lines.next()).value);
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  return {
    origin: `https://127.0.0.1:${port}`,
    certificate,
    key,
    async set(part, answer) {
      child.stdin.write(`${part} ${JSON.stringify(answer)}\n`);
      const { value } = await lines.next();
      if (value !== 'ok') throw new Error(`the server does not take ${part}`);
    },
    stop() {
      child.stdin.end();
      return ended;
    },
  };
}

module.exports = { startServer };
