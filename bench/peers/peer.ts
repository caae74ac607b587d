import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs one of this folder's Python scripts with `input` as its one argument, in the Python that `npm run bench:peers` sets up or that
 * MILLWRIGHT_PEERS_PYTHON names.
 * @returns what the script printed last, read as JSON; a sentence when the peer cannot be run
 */
export async function runPeer<T extends object>(script: string, input: Readonly<Record<string, unknown>>): Promise<T | string> {
  const python = process.env['MILLWRIGHT_PEERS_PYTHON'] ?? join(ROOT, '.peers/bin/python');
  if (!existsSync(python)) return "the peers are not installed: run 'npm run bench:peers'";
  return answerOf<T>(script, python, ['-W', 'ignore', join(ROOT, 'bench/peers', script), JSON.stringify(input)]);
}

/** Runs a program of ours like a peer: a process of its own that prints JSON last. */
export function runOurs<T extends object>(program: URL, input: Readonly<Record<string, unknown>>): Promise<T | string> {
  return answerOf<T>('ours', process.execPath, [fileURLToPath(program), JSON.stringify(input)]);
}

async function answerOf<T extends object>(name: string, command: string, words: readonly string[]): Promise<T | string> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) return `${name} failed: ${stderr.trim().split('\n').pop() ?? ''} (exit ${code})`;
  return JSON.parse(stdout.trim().split('\n').pop() ?? '') as T;
}

/** The value of a peer's answer, or the sentence that stands for it. */
export const ran = <T extends object>(answer: T | string): answer is T => typeof answer !== 'string';
