import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../src/base/random.js';
import { ended, millwright, seen, startCli, workFolder } from './cli.js';

/** Searches that are killed, interrupted and spread over workers: always the same model. */
const folder = workFolder();
afterAll(() => folder.remove());

const TRAIN = ['train', 'rings.csv', '--target', 'ring', '--trials', '7', '--time-budget', '10m', '--json'];

/** Numbers of the trials that were told of, in order. */
const told = (stderr: string) => [...stderr.matchAll(/trial (\d+) of 7/g)].map(([, number]) => Number(number));

let undisturbed: string;
beforeAll(async () => {
  const source = random(11);
  const rows = Array.from({ length: 240 }, () => {
    const [x, y, z] = [source.normal(), source.normal(), source.normal()];
    const ring = x ** 2 + y ** 2 + 0.3 * z + 0.5 * source.normal();
    return `${x.toFixed(4)},${y.toFixed(4)},${z.toFixed(4)},${ring > 2 ? 'outer' : 'inner'}`;
  });
  folder.file('rings.csv', `x,y,z,ring\n${rows.join('\n')}\n`);
  const whole = await millwright([...TRAIN, '--store', 'whole', '--workers', '1'], folder.dir);
  expect(whole.stderr).toContain('trial 7 of 7');
  undisturbed = whole.json.model.hash;
}, 120_000);

test('in workers it ends with the same model', async () => {
  const { json, stderr } = await millwright([...TRAIN, '--store', 'spread', '--workers', '3'], folder.dir);
  expect(json.model.hash).toBe(undisturbed);
  expect(told(stderr)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('killed without warning it goes on from the trials it had finished', async () => {
  const child = startCli([...TRAIN, '--store', 'killed', '--workers', '2'], folder.dir);
  const end = ended(child);
  await seen(child, /trial 4 of 7.*\n/, 60_000);
  child.kill('SIGKILL');
  const killed = await end;
  expect(killed.code).toBe(null);
  const { json, stderr } = await millwright([...TRAIN, '--store', 'killed'], folder.dir);
  expect(json.model).toMatchObject({ hash: undisturbed, version: 1 });
  // The last trial may have been told of and not been written yet.
  for (const number of told(stderr)) expect(number).toBeGreaterThanOrEqual(Math.max(...told(killed.stderr)));
  expect(json.candidates).toHaveLength(7);
});

test('interrupted it ends at once, and then goes on', async () => {
  const child = startCli([...TRAIN, '--store', 'interrupted', '--workers', '2'], folder.dir);
  const end = ended(child);
  await seen(child, /trial 4 of 7.*\n/, 60_000);
  child.kill('SIGINT');
  const { json, code, stderr } = await end;
  expect(json.error.code).toBe('MW_INTERRUPTED');
  expect(code).toBe(130);
  const again = await millwright([...TRAIN, '--store', 'interrupted'], folder.dir);
  expect(again.json.model.hash).toBe(undisturbed);
  for (const number of told(again.stderr)) expect(number).toBeGreaterThanOrEqual(Math.max(...told(stderr)));
});
