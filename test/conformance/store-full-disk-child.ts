/**
 * Fills a store until the disk takes no more: `store-full-disk-child.ts <folder>`. Prints `artifact <code>`, `event <code> <offset>` with
 * the codes that it was refused with and the number of records that were appended, then `again <offset>` after a small append.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.js';
import { asMillwrightError } from '../../src/base/error.js';
import { openStore } from '../../src/store/open-store.js';
import { crashArtifact, crashRecord } from './store-crash-content.js';

const [folder = ''] = process.argv.slice(2);
const store = await openStore(folder, { clock: systemClock });
const say = (line: string) => writeSync(1, `${line}\n`);
const codeOf = (thrown: unknown) => asMillwrightError(thrown).code;

await store.artifacts.put(crashArtifact(1, 4_000_000)).catch((thrown: unknown) => say(`artifact ${codeOf(thrown)}`));
let appended = 0;
for (;;) {
  const records = Array.from({ length: 400 }, (_, i) => crashRecord(appended + i));
  try {
    await store.events.append('crash', records);
  } catch (thrown) {
    say(`event ${codeOf(thrown)} ${appended}`);
    break;
  }
  appended += records.length;
}
say(`again ${await store.events.append('crash', [crashRecord(appended)])}`);
await store.close();
