import { parentPort, workerData } from 'node:worker_threads';
import { generateLoad } from './load-generator.js';

/** The load generator in a thread of its own, so that it shares no event loop with the server. */
const { url, body, connections, span } = workerData as { url: string; body: string; connections: number; span: number };
parentPort?.postMessage(await generateLoad(url, body, connections, span));
