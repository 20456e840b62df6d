import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { installedPackages } from '../debian.ts';
import { encodeSbom } from './sbom.ts';

/** A template of ours that was built: the file for an image store, and what is recorded of it. */
export interface BuiltTemplate {
  /** QCOW2 file. Beside it lie its checksum, list of packages and manifest. */
  readonly path: string;
  /** SHA-256 of the file, in hex. */
  readonly checksum: string;
  readonly fileBytes: number;
  /** Size of the disk inside. */
  readonly diskBytes: number;
  readonly osType: string;
  readonly version: string;
}

export interface TemplateOptions {
  /** Folder for the result. */
  readonly folder: string;
  /** Folder where trees of Debian packages are kept from one build to the next; `null` takes them from the archive each time. */
  readonly treesFolder: string | null;
  /** Called with what is being done. */
  readonly onProgress: (line: string) => void;
}

/** Version of the templates: that of the program they are built by. */
export async function templateVersion(): Promise<string> {
  const path = fileURLToPath(new URL('../../../package.json', import.meta.url));
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  const found = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
  if (!found || typeof parsed.version !== 'string') throw new Error(`${path} has no version`);
  return parsed.version;
}

/**
 * Lets `build` make a tree and a disk of it, and puts the disk into the folder with its checksum, SBOM and manifest.
 * The disk has its name only when all of it is there.
 */
export async function produceTemplate(
  { folder }: TemplateOptions,
  {
    name,
    build,
  }: {
    readonly name: string;
    readonly build: (target: {
      readonly root: string;
      readonly path: string;
    }) => Promise<{ readonly diskBytes: number; readonly osType: string }>;
  },
): Promise<BuiltTemplate> {
  const version = await templateVersion();
  const file = `${name}-${version}.qcow2`;
  const work = join(folder, `.${file}.building`);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    const root = join(work, 'root');
    const beside = join(work, file);
    const { diskBytes, osType } = await build({ root, path: beside });
    const checksum = await fileChecksum(beside);
    const { size: fileBytes } = await stat(beside);
    const path = join(folder, file);
    const built: BuiltTemplate = { path, checksum, fileBytes, diskBytes, osType, version };
    const packages = await installedPackages(root);
    const stem = join(folder, `${name}-${version}`);
    await writeFile(`${path}.sha256`, `${checksum}  ${file}\n`);
    await writeFile(`${stem}.cdx.json`, await encodeSbom({ name, version, checksum, root }));
    const manifest = { ...built, path: basename(path), format: 'QCOW2', packages };
    await writeFile(`${stem}.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(beside, path);
    return built;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fileChecksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
