// Chromium with an operator's certificate. Whatever a page complains of, and whatever it asks of another host, is kept.
'use strict';

const { chromium } = require('playwright-core');

const IN_TIME = 30000;

async function startBrowser(server) {
  const browser = await chromium.launch({
    executablePath: process.env.ENVEJ_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const complaints = [];
  return {
    complaints,
    // `withCertificate` is whether it has one.
    async open(withCertificate = true) {
      const clientCertificates = [{ origin: server.origin, certPath: server.certificate, keyPath: server.key }];
      const context = await browser.newContext({
        ignoreHTTPSErrors: true, ...(withCertificate ? { clientCertificates } : {}),
      });
      context.setDefaultTimeout(IN_TIME);
      const page = await context.newPage();
      if (!withCertificate) return page;
      page.on('console', (message) => {
        if (message.type() === 'error' && page.complains !== false) complaints.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
      page.on('request', (request) => {
        if (!request.url().startsWith(`${server.origin}/`) && !request.url().startsWith('data:')) {
          complaints.push(`asked of another host: ${request.url()}`);
        }
      });
      return page;
    },
    close: () => browser.close(),
  };
}

// Until the element's text, as it is shown, has this in it. Not by the browser's own polling, which the pages' policy forbids.
async function awaitText(page, selector, text) {
  const deadline = Date.now() + IN_TIME;
  let shown = null;
  while (!shown?.includes(text)) {
    if (Date.now() > deadline) throw new Error(`${selector} shows ${JSON.stringify(shown)}, and not ${JSON.stringify(text)}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    shown = await page.evaluate((where) => document.querySelector(where)?.innerText ?? null, selector);
  }
}

module.exports = { awaitText, startBrowser };
