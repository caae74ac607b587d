import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { ESTIMATORS } from '../../models/catalogue.js';
import type { Estimator } from '../../models/estimator.js';
import { NO_LOSS } from '../../models/module/model-script.js';
import type { ModelVersion } from '../../registry/models.js';
import { moduleOf } from './module-file.js';
import { featuresOf, oddPipeline, oddPlan, oddRequests, servedBy } from './testing/odd-system.js';

/** A module of trees and of everything that is done to features, in the places that it is written for. */

const plan = oddPlan('multiclass');
const version = { model: 'odd', version: 1, hash: 'sha256:0', pipeline: 'sha256:1', metrics: {} } as unknown as ModelVersion;
const requests = JSON.parse(JSON.stringify(oddRequests(300, 2))) as Record<string, unknown>[];
/** Trees with codes, and a linear model with all that numbers are put on a scale by. */
const modules: { code: string; types: string; expected: string }[] = [];

beforeAll(async () => {
  for (const name of ['gbdt', 'logistic']) {
    const table = featuresOf(plan, oddRequests(160, 1));
    const params = name === 'gbdt' ? { rounds: 8 } : {};
    const pipeline = await oddPipeline(plan, ESTIMATORS[name] as Estimator, 'multiclass', table, params);
    const answers = servedBy(plan, pipeline).predict(requests, { now: () => 0 }, () => 'id');
    const scores = pipeline.predict(featuresOf(plan, requests));
    let good = 0;
    const decided = answers.map((answer) =>
      answer.ok ? [answer.prediction, ...scores.subarray(3 * good, 3 * ++good)] : 'refused',
    );
    modules.push({ ...moduleOf({ version, plan, pipeline }, NO_LOSS), expected: JSON.stringify(decided) });
  }
}, 60_000);

/** What a place is asked to do with the module: the answers as JSON, whose numbers read back to the same bits. */
const asked = `JSON.stringify(predictBatch(JSON.parse(given)).map(a => a.error ? 'refused' : [a.prediction, ...['no', '__proto__', '</script>'].map(k => a.probability[k])]))`;

test('node runs it in an empty folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-place-'));
  try {
    for (const { code, expected } of modules) {
      writeFileSync(join(dir, 'model.mjs'), code);
      writeFileSync(join(dir, 'rows.json'), JSON.stringify(requests));
      const main = `import { readFileSync } from 'node:fs'; import { predictBatch } from './model.mjs'; const given = readFileSync('rows.json', 'utf8'); console.log(${asked})`;
      writeFileSync(join(dir, 'main.mjs'), main);
      expect(execFileSync(process.execPath, ['main.mjs'], { cwd: dir, encoding: 'utf8', env: {} }).trim()).toBe(expected);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('it needs nothing beyond the language: no global of node, of browsers or of workers', () => {
  for (const { code, expected } of modules) {
    // A context has the language alone; a script has no exports, so they are made constants.
    const context = createContext(Object.assign(Object.create(null), { given: JSON.stringify(requests) }), {
      codeGeneration: { strings: false, wasm: false },
    });
    for (const name of ['process', 'Buffer', 'atob', 'TextDecoder', 'fetch', 'window'])
      expect(runInContext(`typeof ${name}`, context)).toBe('undefined');
    // Nor a function of Math that engines may round in their own ways.
    runInContext("for (const f of ['exp','expm1','log','log1p','log2','pow','tanh']) Math[f] = undefined", context);
    expect(runInContext(`${code.replaceAll('export const ', 'const ')};${asked}`, context)).toBe(expected);
  }
});

test('a browser imports it, and runs it from a page that it is written into, under a strict policy', async () => {
  const browser = await chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sparticuz.args, '--no-sandbox'],
    headless: true,
  });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    for (const { code, expected } of modules) {
      const rows = JSON.stringify(requests).replaceAll('<', '\\u003c');
      const html = `<!doctype html><meta charset="utf-8"><title>x</title><script type="module">
import { predictBatch } from '/model.js'; const given = JSON.stringify(${rows}); document.title = ${asked.replace('</script>', '\\x3c/script>')};</script>
<p id="inline"></p><script type="module">${code}
const given = JSON.stringify(${rows}); document.querySelector('#inline').textContent = ${asked.replace('</script>', '\\x3c/script>')};</script>`;
      const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'";
      await page.route('http://edge.test/**', (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path === '/')
          return route.fulfill({ body: html, contentType: 'text/html', headers: { 'content-security-policy': policy } });
        if (path === '/model.js') return route.fulfill({ body: code, contentType: 'text/javascript' });
        return route.fulfill({ status: 204 });
      });
      await page.goto('http://edge.test/');
      await page.waitForFunction("document.title.startsWith('[') && document.querySelector('#inline').textContent !== ''");
      expect(await page.title()).toBe(expected);
      expect(await page.textContent('#inline')).toBe(expected);
      await page.unroute('http://edge.test/**');
    }
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
}, 60_000);

test('a compiler takes its types, and finds a misspelt category and a forgotten column', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-place-'));
  try {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const [{ code, types }] = modules as [(typeof modules)[number]];
    writeFileSync(join(dir, 'model.mjs'), code);
    writeFileSync(join(dir, 'model.d.mts'), types);
    const request = '{ number: null, "it\'s \\"a\\" `${1}` \\\\": 1, flag: true, at: null, town: "t1"';
    writeFileSync(
      join(dir, 'use.mts'),
      `import { predict, describe } from './model.mjs';
const answer = predict(${request}, __proto__named: '\\u2028\\u2029\\n' });
export const sure: number = answer.probability['</script>'] + (answer.prediction === '__proto__' ? 1 : 0);
export const kinds: readonly string[] = describe().inputs.map(({ type }) => type);
// @ts-expect-error no such category
predict(${request}, __proto__named: 'c' });
// @ts-expect-error a column is missing
predict({ number: 1 });
// @ts-expect-error no such class
export const other = answer.probability['maybe'];
`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--types', ''];
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...options, 'use.mts'], { cwd: dir, encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  } finally {
    rmSync(dir, { recursive: true });
  }
}, 60_000);
