// Runs checks one after another. Prints a line a check.
'use strict';

const assert = require('node:assert/strict');

// Each is called with the server and the browser, and may say something. True if none failed, and no page complained.
async function runChecks(checks, server, browser) {
  let failed = 0;
  for (const check of checks) {
    const before = Date.now();
    try {
      const said = await check(server, browser);
      assert.deepEqual(browser.complaints.splice(0), []);
      console.log(`ok    ${check.name} (${Date.now() - before} ms)${said ? `: ${said}` : ''}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${check.name}: ${error.stack}`);
      browser.complaints.splice(0).forEach((complaint) => console.log(`  ${complaint}`));
    }
  }
  return failed === 0;
}

module.exports = { runChecks };
