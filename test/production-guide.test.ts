import type { ChildProcess } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands/catalogue.js';
import { parseArguments } from '../src/cli/parse-arguments.js';
import { ended, millwright, seen, startCli, workFolder } from './e2e/cli.js';
import { customersCsv } from './e2e/tables.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/production.md'), 'utf8');
const lines = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => (block as string).trim().split('\n'));
const example = (name: string) => readFileSync(join(root, 'examples/production', name), 'utf8');

/** The words of a command line, quotes taken off. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

const folder = workFolder();
let server: { readonly process: ChildProcess; readonly url: string } | null = null;
let metrics = '';
beforeAll(() => {
  folder.file('customers.csv', customersCsv(700));
});
afterAll(() => {
  server?.process.kill('SIGKILL');
  folder.remove();
});

/** Stops the server as systemd does. */
async function stop(): Promise<void> {
  if (server === null) return;
  const end = ended(server.process);
  server.process.kill('SIGTERM');
  expect((await end).code).toBe(0);
  server = null;
}

/** A path of the guide in the folder of this test. */
const here = (word: string) => word.replace(/^\/(var\/lib|backup)\//, `${folder.dir}/$1-`.replace('var/lib', 'lib'));

async function follow(line: string): Promise<void> {
  const [program, ...rest] = words(line).map(here);
  if (program === 'cp') {
    await stop();
    cpSync(rest.at(-2) as string, rest.at(-1) as string, { recursive: true, preserveTimestamps: true });
  } else if (program === 'curl') {
    const response = await fetch((rest.at(-1) as string).replace('http://127.0.0.1:8080', server?.url ?? 'nowhere'));
    expect(response.status, line).toBe(200);
    if (line.endsWith('/metrics')) metrics = await response.text();
  } else {
    const args = rest.slice(1);
    if (args[0] === 'serve') {
      const process = startCli(
        args.map((word) => (word === '8080' ? '0' : word)),
        folder.dir,
      );
      server = { process, url: ((await seen(process, /at (http:\S+)/, 60_000))[1] as string).replace(/\/$/, '') };
      return;
    }
    const quick = args[0] === 'train' ? [...args, '--trials', '2'] : args;
    const { code, stderr, stdout } = await millwright(quick, folder.dir);
    expect({ line, code, said: code === 0 ? '' : stderr + stdout }).toEqual({ line, code: 0, said: '' });
    if (line.includes('prune'))
      expect(stdout).toMatch(line.includes('--yes') ? /freed\.\n$/ : /nothing was done|Everything is kept/);
  }
}

test('the commands of the guide do what it says, in its order', async () => {
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) await follow(line);
}, 180_000);

test('every metric on the page is served, and every one that is served is on the page', () => {
  const served = new Set([...metrics.matchAll(/^# TYPE (millwright_\w+)/gm)].map(([, name]) => name));
  expect(served.size).toBeGreaterThan(10);
  const named = new Set([...guide.matchAll(/`(millwright_\w+)`/g)].map(([, name]) => name));
  expect([...named].filter((name) => !served.has(name))).toEqual([]);
  expect([...served].filter((name) => !named.has(name))).toEqual([]);
});

test('the plain files name commands, options and metrics that there are', () => {
  expect(readdirSync(join(root, 'examples/production')).toSorted()).toEqual([
    'Dockerfile',
    'alerts.yml',
    'millwright-train.service',
    'millwright-train.timer',
    'millwright.service',
  ]);
  const docker = example('Dockerfile');
  const spoken = [
    ...['millwright.service', 'millwright-train.service'].map((name) =>
      words((/^ExecStart=\S+\/\.bin\/(millwright .*)$/m.exec(example(name)) ?? [])[1] as string),
    ),
    ['millwright', ...(JSON.parse((/^CMD (.*)$/m.exec(docker) ?? [])[1] as string) as string[])],
  ];
  for (const [, name, ...rest] of spoken) {
    const command = COMMANDS.find((each) => each.name === name);
    expect(command, String(name)).toBeDefined();
    if (command) parseArguments(command, rest);
  }
  expect(docker).toContain('ENTRYPOINT ["node_modules/.bin/millwright"]');
  for (const [, name] of example('alerts.yml').matchAll(/\b(millwright_\w+?)(?:_bucket)?\b(?=[[ )])/g))
    expect(metrics).toContain(name as string);
  for (const name of ['millwright.service', 'millwright-train.service', 'millwright-train.timer'])
    for (const line of example(name).split('\n').filter(Boolean)) expect(line).toMatch(/^(\[\w+\]|#.*|[A-Z][A-Za-z]+=.+)$/);
});
