import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { onDisk } from '../../src/store/disk-error.js';
import { openStore } from '../../src/store/open-store.js';
import { compileChild, startChild } from './store-child-process.js';
import { crashArtifact, crashRecord, falseArtifacts } from './store-crash-content.js';

const refused = (code: string) => expect.objectContaining({ code });
const onLinux = process.platform === 'linux';

describe('a disk that takes no more', () => {
  // The shell's limit on file sizes stands in for a full disk: writes end in the middle, and then fail.
  test.runIf(onLinux)('refuses with a coded error, leaves nothing half-written, and the store goes on', async () => {
    const child = await compileChild('store-full-disk-child.ts');
    const folder = await mkdtemp(join(tmpdir(), 'millwright-full-'));
    const dir = join(folder, 'store');
    const limited = startChild('/bin/sh', ['-c', `trap '' XFSZ; ulimit -f 4000; exec "$0" "$@"`, process.execPath, child, dir]);
    const { how, stderr } = await limited.ended;
    const [artifact, event, again] = limited.lines;
    expect({ how, stderr, artifact }).toEqual({ how: 0, stderr: '', artifact: 'artifact MW_STORE_FULL' });
    const [, code, appended] = (event as string).split(' ');
    expect(code).toBe('MW_STORE_FULL');
    expect(Number(appended)).toBeGreaterThan(400);
    expect(again).toBe(`again ${appended}`);

    expect(await falseArtifacts(dir)).toEqual([]);
    const store = await openStore(dir, { clock: systemClock });
    expect(await readdir(join(dir, 'artifacts', 'partial'))).toEqual([]);
    await store.artifacts.get(await store.artifacts.put(crashArtifact(1, 4_000_000)));
    expect(await store.events.length('crash')).toBe(Number(appended) + 1);
    for await (const { offset, record } of store.events.read('crash'))
      if (Buffer.compare(record, crashRecord(offset)) !== 0) expect.fail(`record ${offset} is not what was written`);
    await store.close();
    await rm(folder, { recursive: true });
    await rm(dirname(dirname(child)), { recursive: true });
  });

  test.runIf(onLinux)('a device without room and a read-only file system answer with their own codes', async () => {
    const full = await open('/dev/full', 'w');
    await expect(onDisk('write', '/dev/full', () => full.write('x'))).rejects.toEqual(refused('MW_STORE_FULL'));
    await full.close();
    // /proc takes no new folders, whoever asks.
    await expect(openStore('/proc/millwright', { clock: systemClock })).rejects.toMatchObject({
      code: expect.stringMatching(/^MW_STORE_/),
    });
  });

  test('each refusal of the system has its code', async () => {
    for (const [errno, code] of [
      ['ENOSPC', 'MW_STORE_FULL'],
      ['EDQUOT', 'MW_STORE_FULL'],
      ['EROFS', 'MW_STORE_UNWRITABLE'],
      ['EACCES', 'MW_STORE_UNWRITABLE'],
      ['EIO', 'MW_STORE_FAILED'],
    ]) {
      const answer = Object.assign(new Error(errno), { code: errno });
      await expect(onDisk('write', '/x', () => Promise.reject(answer))).rejects.toEqual(refused(code as string));
    }
  });
});
