import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundleProgram } from '../process/bundle.ts';
import { containerInputs } from './recipes.ts';
import { recipeHashes } from './test-recipe-hashes.ts';

test('a program that was bundled with what images are made of makes the same images', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'isola-inputs-'));
  try {
    const entry = join(folder, 'entry.ts');
    const recipes = JSON.stringify(join(import.meta.dirname, 'test-recipe-hashes.ts'));
    await writeFile(
      entry,
      `import { recipeHashes } from ${recipes};
      void recipeHashes().then(hashes => console.log(JSON.stringify(hashes)));`,
    );
    const program = join(folder, 'program.cjs');
    const files = await containerInputs();
    await writeFile(program, await bundleProgram({ entry, node: 18, files }));
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: '/' });
    expect(JSON.parse(stdout)).toEqual(await recipeHashes());
  } finally {
    await rm(folder, { recursive: true });
  }
});
