import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Compiles a TypeScript file of this folder and what it imports to one that plain node runs; returns its path. */
export async function compileChild(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-child-'));
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'), 'junction');
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const out = join(folder, 'out');
  await build({ configFile: false, logLevel: 'silent', build: { ssr: entry, outDir: out, minify: false, target: 'node20' } });
  return join(out, basename(name).replace(/\.ts$/, '.js'));
}

export interface Child {
  readonly process: ChildProcess;
  /** Whole lines of standard output so far. */
  readonly lines: string[];
  /** Resolves with the exit code, or the signal's name, and standard error. */
  readonly ended: Promise<{ readonly how: number | string; readonly stderr: string }>;
}

export function startChild(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let rest = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ how: number | string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ how: code ?? signal ?? 'unknown', stderr }));
  });
  return { process: child, lines, ended };
}
