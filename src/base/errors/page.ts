import { ERRORS } from './catalogue.js';

/** docs/errors.md: every code with its meaning, remedy, HTTP status and exit code. */
export function errorsPage(): string {
  const entries = Object.entries(ERRORS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, entry]) =>
        `## ${code}\n\n${entry.doc}\n\n**What to do:** ${entry.fix}\n\nHTTP status ${entry.status ?? 400}, exit code ${entry.exit ?? 1}.\n`,
    );
  return `# Errors\n\nEvery error of Millwright has a permanent code. This page is generated from the declarations in \`src/base/errors\`.\n\n${entries.join('\n')}`;
}
