import { dirname } from 'node:path';

/** Programs that run elsewhere: the router's in its image, the agent's on other hosts. */
export interface Bundle {
  /** TypeScript file that starts it. */
  readonly entry: string;
  /** The oldest Node that runs it. */
  readonly node: 18 | 20;
  /** TypeScript file that runs before everything else. */
  readonly before?: string;
  /** Files that it carries within, by the paths at which it looks for them. */
  readonly files?: Readonly<Record<string, Buffer>>;
}

/** The router's program and all it imports, as one file for the image's Node. */
export function bundleRouter(entry: string): Promise<Buffer> {
  return bundleProgram({ entry, node: 20 });
}

/** A program and all it imports, as one CommonJS file without anything that was compiled for a machine. */
export async function bundleProgram({ entry, node, before, files }: Bundle): Promise<Buffer> {
  // A bundled program bundles nothing itself, and has no compiler with it.
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [entry],
    // What is made must not depend on where the command is run: paths are written into it.
    absWorkingDir: dirname(entry),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: `node${node}`,
    conditions: ['isola-source'],
    external: ['esbuild', '*.node', 'cpu-features'],
    inject: before === undefined ? [] : [before],
    // CommonJS has another way to know its own file.
    define: { 'import.meta.url': 'bundledUrl' },
    banner: { js: `${ownUrl}${files === undefined ? '' : carried(files)}` },
    minifySyntax: true,
    write: false,
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`nothing was bundled from ${entry}`);
  return Buffer.from(file.contents);
}

const ownUrl = "const bundledUrl = require('node:url').pathToFileURL(__filename).href;";

function carried(files: Readonly<Record<string, Buffer>>): string {
  const texts = Object.entries(files).map(([path, content]) => [path, content.toString('base64')]);
  return `const bundledFiles = ${JSON.stringify(Object.fromEntries(texts))};`;
}
