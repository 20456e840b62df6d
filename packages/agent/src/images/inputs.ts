import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleRouter } from '../process/bundle.ts';

/** Files that were put into the program when it was bundled, in base64. */
declare const bundledFiles: Readonly<Record<string, string>> | undefined;

/** Where a clone has them. */
const packages = fileURLToPath(new URL('../../../', import.meta.url));
const program = 'router/isola-router.cjs';

/** Reads what an image is made of, by its path from the folder of our packages. A bundled program has it within. */
export async function readInput(path: string): Promise<Buffer> {
  if (typeof bundledFiles === 'undefined') return readFile(resolve(packages, path));
  const content = bundledFiles[path];
  if (content === undefined) throw new Error(`the program was bundled without ${path}`);
  return Buffer.from(content, 'base64');
}

/** The router's program as one file. */
export function readRouterProgram(): Promise<Buffer> {
  return typeof bundledFiles === 'undefined'
    ? bundleRouter(resolve(packages, 'router/src/main.ts'))
    : readInput(program);
}

/** All that `readInput` and `readRouterProgram` need for these paths, to be bundled. */
export async function gatherInputs(
  paths: readonly string[],
): Promise<Readonly<Record<string, Buffer>>> {
  const read = async (path: string) => [path, await readInput(path)] as const;
  return Object.fromEntries([
    ...(await Promise.all(paths.map(read))),
    [program, await readRouterProgram()],
  ]);
}
