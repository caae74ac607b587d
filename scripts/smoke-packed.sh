#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder without its development tools, and uses it there.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node "$root/scripts/check-engines.mjs"
(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null)
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund ./millwright-*.tgz 2>&1 | tee install.txt
if grep -iE "warn|EBADENGINE" install.txt; then echo "the package does not install cleanly" >&2; exit 1; fi
node "$root/scripts/check-packed.mjs" node_modules/millwright

npx millwright --version
node -e '
  let csv = "tenure,plan,spend,churned\n";
  for (let i = 0; i < 600; i++) {
    const tenure = (i * 37) % 72, plan = ["basic", "plus", "pro"][i % 3], spend = 20 + ((i * 53) % 90);
    csv += `${tenure},${plan},${spend},${tenure < 20 && plan !== "pro" ? "yes" : "no"}\n`;
  }
  require("node:fs").writeFileSync("customers.csv", csv);
'
npx millwright train customers.csv --target churned --trials 4 --json >trained.json
npx millwright score customers customers.csv --out scored.csv
node -e '
  const fs = require("node:fs");
  const trained = JSON.parse(fs.readFileSync("trained.json", "utf8"));
  const lines = fs.readFileSync("scored.csv", "utf8").trim().split("\n");
  if (!(trained.test.auc > 0.95)) throw new Error(`auc ${trained.test.auc}`);
  if (lines.length !== 601 || !/prediction,probability$/.test(lines[0])) throw new Error(`scored.csv: ${lines.length} lines, ${lines[0]}`);
'
if npx millwright train nowhere.csv --target churned 2>error.txt; then echo 'a missing file was accepted' >&2; exit 1; fi
grep -q MW_ error.txt
echo "packed package: installed, trained, scored"
