// Checks that the package installs without an engine warning on the oldest Node that package.json promises, today and when a dependency
// publishes a new version. A lock file and `overrides` do not act in a project that depends on this one, so: direct dependencies are exact
// versions; those whose own dependencies are ranges are bundled; and what is not bundled may ask only for exact versions, or for what is
// already pinned here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const root = new URL('../', import.meta.url);
const semver = createRequire(import.meta.url)('semver');
const read = (name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
const { engines, dependencies, bundleDependencies } = read('package.json');
const { packages } = read('package-lock.json');
const oldest = semver.minVersion(engines.node).version;
const faults = [];

/** Where Node finds a package from a place of the lock file: the nearest node_modules upwards. */
function placeOf(name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (at === '') return null;
  }
}

const exact = (range) => semver.valid(range) !== null;
/** A range such as ^0.0.4, which no other release can meet. */
const narrow = (range, version) => semver.subset(range, `>=${version} <${semver.inc(version, 'patch')}-0`);

const seen = new Set();
function visit(place, bundled) {
  if (seen.has(`${bundled}${place}`)) return;
  seen.add(`${bundled}${place}`);
  const { version, engines: needs, dependencies: own = {}, optionalDependencies = {}, hasInstallScript } = packages[place];
  const title = `${place.split('node_modules/').at(-1)} ${version}`;
  if (needs?.node !== undefined && !semver.satisfies(oldest, needs.node))
    faults.push(`${title} needs Node ${needs.node}; package.json promises ${oldest}`);
  if (hasInstallScript) faults.push(`${title} has an install script`);
  for (const [name, range] of Object.entries({ ...own, ...optionalDependencies })) {
    const found = placeOf(name, place);
    if (found === null) {
      if (!(name in optionalDependencies)) faults.push(`${title}: the lock file lacks its dependency ${name}`);
      continue;
    }
    const pinned = name in dependencies && semver.satisfies(dependencies[name], range);
    if (!bundled && !exact(range) && !pinned && !narrow(range, packages[found].version))
      faults.push(`${title} takes any ${name} ${range}: bundle ${title}, or pin ${name} in package.json`);
    visit(found, bundled);
  }
}

for (const [name, version] of Object.entries(dependencies)) {
  if (!exact(version)) faults.push(`${name} ${version} is no exact version`);
  visit(`node_modules/${name}`, bundleDependencies.includes(name));
}
if (faults.length > 0) {
  const shown = faults.slice(0, 10).map((fault) => `engines: ${fault}`);
  console.error(
    [...shown, ...(faults.length > shown.length ? [`engines: and ${faults.length - shown.length} more`] : [])].join('\n'),
  );
  process.exit(1);
}
console.log(
  `engines: ${new Set([...seen].map((key) => key.replace(/^(true|false)/, ''))).size} packages run on Node ${oldest}`,
);
