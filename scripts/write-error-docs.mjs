// Writes docs/errors.md from the declared error codes. Run after `npm run build`; a test compares the page with the declarations.
import { writeFileSync } from 'node:fs';
import { errorsPage } from '../dist/src/base/errors/page.js';

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsPage());
