import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Programs } from '../system/run.ts';

/** Milliseconds that packing may take. */
const longest = 30_000;
/** Bytes of a packed archive; the logs of a router are capped far below. */
const mostBytes = 8 * 1024 * 1024;

/** What a program tells, by the name under which CloudStack's clients ask for it. */
const told: Readonly<
  Record<string, { readonly file: string; readonly command: readonly string[] }>
> = {
  '[IPTABLES]': { file: 'nftables.txt', command: ['nft', 'list', 'ruleset'] },
  '[IFCONFIG]': { file: 'addresses.txt', command: ['ip', '-details', 'address', 'show'] },
  '[ROUTE]': { file: 'routes.txt', command: ['ip', 'route', 'show', 'table', 'all'] },
};

/** Packs files of the router, and what programs tell, with `tar` and gzip; in base64. Files that are not there are left out. */
export async function collectFiles(
  { run, start }: Programs,
  root: string,
  files: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isola-diagnostics-'));
  try {
    const texts: string[] = [];
    const found: string[] = [];
    for (const name of new Set(files)) {
      const source = told[name];
      if (source !== undefined) {
        const { stdout, stderr } = await run(source.command, { timeout: longest });
        await writeFile(join(folder, source.file), stdout + stderr);
        texts.push(source.file);
      } else if (await isFile(join(root, name))) found.push(name.slice(1));
    }
    const command = ['tar', '-czf', '-', '-C', folder, ...texts, '-C', root, ...found];
    return (await output(start(command))).toString('base64');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What a program writes. Throws when it fails, takes too long or writes too much. */
function output(child: ReturnType<Programs['start']>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let errors = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), longest);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
    child.stdout?.on('data', (part: Buffer) => {
      length += part.length;
      if (length > mostBytes) child.kill('SIGKILL');
      else parts.push(part);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text.slice(0, 1000 - errors.length);
    });
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      // 1: a log was written to while it was read.
      if (code === 0 || code === 1) resolve(Buffer.concat(parts));
      else reject(new Error(`the files could not be packed: ${errors.trim() || 'too large'}`));
    });
  });
}
