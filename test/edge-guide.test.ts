import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { millwright, workFolder } from './e2e/cli.js';
import { customersCsv } from './e2e/tables.js';

const guide = readFileSync(new URL('../docs/edge.md', import.meta.url), 'utf8');
const folder = workFolder();
afterAll(() => folder.remove());

const block = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? '';

test('the guide to modules says what happens', async () => {
  folder.file('customers.csv', customersCsv(700));
  folder.file('package.json', '{ "type": "module" }');
  for (const line of block('sh').trim().split('\n')) {
    const command = line.replace('npx millwright ', '').split(' ');
    const run = await millwright(command[0] === 'train' ? [...command, '--trials', '2'] : command, folder.dir);
    expect(run.stderr + run.stdout).toMatch(command[0] === 'train' ? /customers:1/ : /Predictions are equal on 700 rows/);
    expect(run.code).toBe(0);
  }
  folder.file('use.js', block('js'));
  expect(execFileSync(process.execPath, ['use.js'], { cwd: folder.dir, encoding: 'utf8' })).toBe(block('text'));
}, 120_000);
