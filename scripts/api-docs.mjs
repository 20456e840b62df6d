import { writeFileSync } from 'node:fs';
// Made by `npm run build`.
import { renderApiDocs } from '../packages/api/dist/api-docs.js';

writeFileSync(new URL('../docs/api.md', import.meta.url), renderApiDocs());
