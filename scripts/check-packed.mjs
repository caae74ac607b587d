// Checks an installed copy of the package: `node scripts/check-packed.mjs <folder>`. Every relative link of its pages leads to a file of
// the package, it brings no script that an installer would run, and neither tests nor what only tests use.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const folder = process.argv[2];
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((file) => !file.startsWith('node_modules'));
const faults = [];

const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
for (const name of ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare'])
  if (name in scripts) faults.push(`package.json: ${name} would be run, or asked about, on install`);
for (const file of files) if (/\.test\.|(^|\/)testing(\/|$)/.test(file)) faults.push(`${file} is of use to tests only`);
for (const page of files.filter((file) => file.endsWith('.md')))
  for (const [, target] of readFileSync(join(folder, page), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
    const led = join(folder, dirname(page), target);
    if (!existsSync(led) || relative(folder, led).startsWith('..'))
      faults.push(`${page} links to ${target}, which is not there`);
  }

if (faults.length > 0) {
  console.error(faults.map((fault) => `packed: ${fault}`).join('\n'));
  process.exit(1);
}
console.log(`packed: ${files.length} files, every link leads somewhere`);
