// Writes docs/cli.md from the declared commands. Run after `npm run build`; a test compares the page with the declarations.
import { writeFileSync } from 'node:fs';
import { cliPage } from '../dist/src/cli/docs-page.js';

writeFileSync(new URL('../docs/cli.md', import.meta.url), cliPage());
