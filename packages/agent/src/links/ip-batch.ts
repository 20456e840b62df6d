import { access, readdir } from 'node:fs/promises';
import { run } from '../process/run.ts';

/** One command of `ip -batch`, as its words. */
export type IpCommand = readonly string[];

const word = /^[A-Za-z0-9._:/@-]+$/;

/** The lines that `ip -batch` reads. Throws on a word that would not stay one word. */
export function encodeIpBatch(commands: readonly IpCommand[]): string {
  return commands
    .map(command => {
      for (const part of command)
        if (!word.test(part)) throw new Error(`not a word for ip: ${JSON.stringify(part)}`);
      return `${command.join(' ')}\n`;
    })
    .join('');
}

/** Runs the commands in one process, stopping at the first that fails. */
export async function ipBatch(commands: readonly IpCommand[]): Promise<void> {
  if (commands.length > 0) await run('ip', ['-batch', '-'], { input: encodeIpBatch(commands) });
}

/** Whether this network namespace has the link. */
export async function linkExists(name: string): Promise<boolean> {
  try {
    await access(`/proc/sys/net/ipv4/conf/${name}`);
    return true;
  } catch {
    return false;
  }
}

/** Names of the links of this network namespace. `/sys` may show another namespace's; `/proc/sys/net` does not. */
export async function listLinks(): Promise<readonly string[]> {
  const names = await readdir('/proc/sys/net/ipv4/conf');
  return names.filter(name => name !== 'all' && name !== 'default');
}

/** Removes those of the links that exist. */
export async function removeLinks(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!(await linkExists(name))) continue;
    try {
      await run('ip', ['link', 'delete', 'dev', name]);
    } catch (error) {
      // The other end of a cable takes this one with it.
      if (await linkExists(name)) throw error;
    }
  }
}
