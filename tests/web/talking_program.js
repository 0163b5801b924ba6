// A program that is told a line and answers with a line. It begins with a line by itself, and ends with its input.
'use strict';

const { spawn } = require('node:child_process');
const readline = require('node:readline');

async function startTalking(program) {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  const next = async () => (await lines.next()).value;
  return {
    first: await next(),
    ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    // Its exit code.
    stop() {
      child.stdin.end();
      return ended;
    },
  };
}

module.exports = { startTalking };
