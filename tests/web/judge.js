// What is held of every page: that everybody can use it, and that it fits its window.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const axe = require('axe-core');

const SERIOUS = ['serious', 'critical'];

// Throws if something stands in somebody's way; gives how many lesser findings there are.
async function judge(page, name) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { preload: false, resultTypes: ['violations'] }));
  const found = violations.filter((one) => SERIOUS.includes(one.impact));
  // Said in the message: not every Node.js shows what differs beside one.
  const said = found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
  assert.equal(found.length, 0, `${name}: ${said.join('; ')}`);
  return violations.length - found.length;
}

// The same in a window of this width, of which a picture is kept.
async function judgeAt(page, width, name, artefacts) {
  await page.setViewportSize({ width, height: 800 });
  const lesser = await judge(page, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name} is ${wide} wide`);
  await page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true });
  return lesser;
}

module.exports = { judge, judgeAt };
