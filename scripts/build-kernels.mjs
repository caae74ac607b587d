// Compiles the AssemblyScript kernels in kernels/ and writes each into src/kernels/generated/ as a module that holds its bytes, so that
// they need no file at run time. With --check it writes nothing and fails when a module is not what its source compiles to.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'kernels');
const generated = join(root, 'src/kernels/generated');
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

const stale = [];
mkdirSync(generated, { recursive: true });
for (const file of readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
  const name = file.slice(0, -'.ts'.length);
  const base64 = Buffer.from(await compile(file)).toString('base64');
  const text = [
    `/** Compiled from kernels/${file} by scripts/build-kernels.mjs; do not edit. */`,
    `export const ${name.toUpperCase().replaceAll('-', '_')}_WASM =`,
    `  '${base64}';`,
    '',
  ].join('\n');
  const target = join(generated, `${name}.ts`);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  stale.push(`src/kernels/generated/${name}.ts`);
  if (!check) writeFileSync(target, text);
}
for (const path of stale) console.log(`${path} ${check ? 'is out of date: run node scripts/build-kernels.mjs' : 'written'}`);
process.exit(check && stale.length > 0 ? 1 : 0);
