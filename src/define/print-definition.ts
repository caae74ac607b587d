import { isIdentifier, quoted } from './expression-code.js';
import type { SystemPlan } from './plan.js';
import { printFeatures } from './print-features.js';
import { printSources } from './print-sources.js';
import { printTraining } from './print-training.js';
import type { Printing } from './printing.js';

// Words that cannot name a variable, in a module.
const RESERVED =
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield arguments eval undefined NaN Infinity Date'.split(
    ' ',
  );
// What a file may import: a variable must not hide it.
const LANGUAGE =
  'and arrow average bayes choice col combine constant csv customObjective days duckdb elastic extraTrees features forest gbdt hours int isMissing joinText json jsonl labelFrom linear logUniform logistic minutes missing mlp neighbours not or parquet rbfSvm request requestFrom select source stack svm system tree uniform value vote'.split(
    ' ',
  );

/**
 * The TypeScript source of a definition; loading it gives a plan of the same hash.
 * @param module where the file imports the language from
 */
export function printDefinition(plan: SystemPlan, module = 'millwright'): string {
  const imports = new Set<string>();
  const taken = new Set([...RESERVED, ...LANGUAGE, 'r', 'f', 'g', 's', 'is']);
  const printing: Printing = {
    plan,
    use: (name) => {
      imports.add(name);
      return name;
    },
    variable: (name) => {
      const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
      const camel = words
        .map((word, i) => (i === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
        .join('');
      const stem = isIdentifier(camel) ? camel : `the${camel}`;
      let free = stem;
      for (let i = 2; taken.has(free); i++) free = `${stem}${i}`;
      taken.add(free);
      return free;
    },
    sources: new Map(),
  };
  const sources = printSources(printing);
  const features = printFeatures(printing);
  const training = printTraining(printing);
  const system = printing.use('system');
  const label = labelVariables(printing);
  const body = [
    `export default ${system}(${quoted(plan.name)}, {`,
    training.problem,
    `  features: ${features.features},`,
    ...(label.length > 0 ? [`  sources: [${label.join(', ')}],`] : []),
    training.rest,
    '});',
  ].join('\n');
  const names = [...imports].toSorted();
  const head = `import { ${names.join(', ')} } from ${quoted(module)};`;
  const wide = head.length > 120 ? `import {\n${names.map((name) => `  ${name},\n`).join('')}} from ${quoted(module)};` : head;
  return `${[wide, sources, features.declarations, body].filter((part) => part !== '').join('\n\n')}\n`;
}

/** Sources that the system would not find by itself: neither label, view, request nor a check leads to them. */
function labelVariables({ plan, sources }: Printing): readonly string[] {
  const names = [...sources.keys()];
  const found = new Set<string>();
  const find = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    // A source that is printed later is referred to by its name alone, which leads nowhere.
    for (const check of plan.sources[name]?.contract.checks ?? [])
      if (check.check === 'references' && names.indexOf(check.source) < names.indexOf(name)) find(check.source);
  };
  find(plan.label.source);
  for (const { source } of plan.views) find(source);
  return names.filter((name) => !found.has(name)).map((name) => sources.get(name) as string);
}
