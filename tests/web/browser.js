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

// Until the element's text, as it is shown, has this in it.
async function awaitText(page, selector, text) {
  await page.waitForFunction(([where, what]) => document.querySelector(where)?.innerText.includes(what),
    [selector, text], { timeout: IN_TIME, polling: 100 });
}

module.exports = { awaitText, startBrowser };
