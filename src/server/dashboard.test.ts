import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hosted, startTiny, tinyService } from '../../bench/serving/tiny-server.js';
import { tinyDeployment } from '../../bench/serving/tiny-system.js';

const outDir = mkdtempSync(join(tmpdir(), 'millwright-page-'));
let browser: Browser;

beforeAll(async () => {
  await build({ root: fileURLToPath(new URL('../../dashboard', import.meta.url)), build: { outDir }, logLevel: 'error' });
  browser = await chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sparticuz.args, '--no-sandbox'],
    headless: true,
  });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(outDir, { recursive: true });
});

test('the page shows the loop, asks nothing of other servers, and a prediction made on it is counted', async () => {
  const service = tinyService(tinyDeployment('binary'));
  const { server, url } = await startTiny('binary', { models: [hosted(service)], dashboard: outDir });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith(url) || complaints.push(request.url()));
  await page.goto(url);
  await page.waitForSelector('main');
  expect(await page.textContent('main')).toContain('no labels yet');
  expect(await page.textContent('main')).toContain('No predictions yet');
  await page.fill('label:has-text("entity") input', 'e1');
  await page.fill('label:has-text("timestamp") input', '2001-05-01T09:30:00Z');
  await page.fill('label:has-text("x number") input', '2');
  await page.click('button');
  await page.waitForSelector('.prediction');
  expect(await page.textContent('.prediction')).toBe('yes');
  expect(service.counts.log.predictions).toBe(1);
  await page.waitForSelector('section[aria-label="Live traffic"] svg');
  await page.fill('label:has-text("x number") input', 'two');
  await Promise.all([page.waitForResponse((response) => response.status() === 400), page.click('button')]);
  await page.waitForSelector('.problem');
  expect(await page.textContent('.problem')).toContain("Column 'x' must be a number");
  expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
  await page.close();
  await server.close();
});
