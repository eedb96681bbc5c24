/** Writes the JSON Schemas of all input files to docs/schemas: `npm run schemas`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './jsonSchemas.js';
import { packageRoot } from './library.js';

const folder = join(packageRoot(), 'docs', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [file, text] of jsonSchemas()) writeFileSync(join(folder, file), text);
