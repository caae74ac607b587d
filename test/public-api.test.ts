import { expect, test } from 'vitest';
import * as client from '../src/client.js';
import * as language from '../src/index.js';
import * as models from '../src/models.js';

test('the public API is what it was; a change here is a change for every user', () => {
  expect({
    millwright: Object.keys(language).sort(),
    'millwright/client': Object.keys(client).sort(),
    'millwright/models': Object.keys(models).sort(),
  }).toMatchSnapshot();
});
