import { writeFileSync } from 'node:fs';
import { gbdt } from '../../src/models/gbdt/estimator.js';
import { readTable, type TableFile } from '../peers/exchange.js';

interface Given {
  readonly train: TableFile;
  readonly test: TableFile;
  readonly params: Readonly<Record<string, number>>;
  readonly out: string;
}

/** One fit of ours in a process of its own, as bench/peers/fit.py does it for a peer. */
const { train, test, params, out } = JSON.parse(process.argv[2]) as Given;
const data = readTable(train);
const began = performance.now();
const model = await gbdt.fit(data, params, { task: 'binary', classes: 2, seed: 1 });
const seconds = (performance.now() - began) / 1000;
const peakBytes = process.resourceUsage().maxRSS * 1024;
writeFileSync(out, model.predict(readTable(test).matrix));
console.log(JSON.stringify({ seconds, peakBytes, version: '' }));
process.exit(0);
