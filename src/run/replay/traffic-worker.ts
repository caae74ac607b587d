import { parentPort, workerData } from 'node:worker_threads';
import { asMillwrightError } from '../../base/error.js';
import { Traffic, type TrafficPlan } from './traffic.js';

/** The other side of TrafficThread: plays up to each moment it is told, and reports. */
const traffic = new Traffic(workerData as TrafficPlan);
parentPort?.on('message', async (until: number | null) => {
  if (until === null) {
    traffic.close();
    parentPort?.close();
    return;
  }
  try {
    parentPort?.postMessage({ report: await traffic.play(until) });
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    parentPort?.postMessage({ error: { code: error.code, text: { what: error.message, where: error.where, fix: error.fix } } });
  }
});
