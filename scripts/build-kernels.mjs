// Compiles the AssemblyScript kernels in kernels/ and writes a module that holds their bytes into src/kernels/generated/, so that they
// need no file at run time. With --check it writes nothing and fails when the module is not what the sources compile to.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'kernels');
const OPTIONS = [
  '--runtime stub --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536',
  '--enable threads,simd,bulk-memory --noAssert -O3 --converge',
].flatMap((line) => line.split(' '));
const check = process.argv.includes('--check');

/** The WebAssembly of one source file. */
async function compile(file) {
  let binary;
  const { error, stderr } = await asc.main([file, '--baseDir', sources, '--outFile', 'kernel.wasm', ...OPTIONS], {
    writeFile: (_, contents) => {
      binary = contents;
    },
  });
  if (error) throw new Error(`${file} does not compile:\n${stderr.toString()}`);
  return binary;
}

const base64 = Buffer.from(await compile('index.ts')).toString('base64');
const text = [
  '/** Compiled from kernels/index.ts by scripts/build-kernels.mjs; do not edit. */',
  'export const KERNELS_WASM =',
  `  '${base64}';`,
  '',
].join('\n');
const target = join(root, 'src/kernels/generated/kernels-wasm.ts');
const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
if (!fresh && check) {
  console.log('src/kernels/generated/kernels-wasm.ts is out of date: run node scripts/build-kernels.mjs');
  process.exit(1);
}
if (!fresh) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
