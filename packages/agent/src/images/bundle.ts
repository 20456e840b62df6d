import { build } from 'esbuild';

/** The router's program and all it imports, as one file for the image's Node. */
export async function bundleRouter(entry: string): Promise<Buffer> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['isola-source'],
    minifySyntax: true,
    write: false,
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`nothing was bundled from ${entry}`);
  return Buffer.from(file.contents);
}
