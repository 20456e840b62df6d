import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecked, runProgram } from '../process/run.ts';

const unitName = 'isola-agent.service';
const unitFile = `/etc/systemd/system/${unitName}`;
const programFile = '/usr/local/lib/isola/isola-agent.cjs';

/** Whether systemd runs this machine. */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

const here = fileURLToPath(import.meta.url);

/** Whether this is the one file that runs alone, without a clone of Isola around it. */
function isBundled(): boolean {
  return here.endsWith('.cjs');
}

/**
 * The program that runs now, as words for a command line, in a place where it stays: the bundled file is copied; a checkout is
 * where it is.
 */
export async function placeProgram(): Promise<readonly string[]> {
  if (!isBundled())
    return [
      process.execPath,
      fileURLToPath(new URL('../../bin/isola.mjs', import.meta.url)),
      'agent',
    ];
  if (here !== programFile) {
    await mkdir(dirname(programFile), { recursive: true });
    await copyFile(here, `${programFile}.new`);
    await rename(`${programFile}.new`, programFile);
  }
  return [process.execPath, programFile];
}

/** A systemd unit that runs the words for ever. Throws for words that a unit cannot hold. */
export function renderUnit(words: readonly string[]): string {
  return `[Unit]
Description=Isola host agent
Wants=network-online.target
After=network-online.target libvirtd.service libvirtd.socket

[Service]
ExecStart=${words.map(quote).join(' ')}
Restart=always
RestartSec=1
# Routers and guests are no part of the agent: they stay when it ends.
KillMode=process
OOMScoreAdjust=-500
LimitNOFILE=65536
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** A word as systemd reads it: specifiers, variables and quotes mean themselves. */
function quote(word: string): string {
  if (/[\0\n\r]/.test(word)) throw new Error(`a unit cannot hold ${JSON.stringify(word)}`);
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

/** Has systemd run the words from now on and after every boot; what ran before is replaced. */
export async function installService(words: readonly string[]): Promise<void> {
  await writeFile(unitFile, renderUnit(words), { mode: 0o644 });
  await runChecked('systemctl', ['daemon-reload']);
  await runChecked('systemctl', ['enable', unitName]);
  await runChecked('systemctl', ['restart', unitName]);
}

/** Stops the service and removes it with its program. Succeeds when there is none. */
export async function removeService(): Promise<void> {
  if (hasSystemd() && existsSync(unitFile)) {
    await runProgram('systemctl', ['disable', '--now', unitName]);
    await rm(unitFile, { force: true });
    await runChecked('systemctl', ['daemon-reload']);
  }
  await rm(dirname(programFile), { recursive: true, force: true });
}

/** What systemd says of the service: `active`, `failed`...; `null` where it has none. */
export async function serviceState(): Promise<string | null> {
  if (!hasSystemd() || !existsSync(unitFile)) return null;
  return (await runProgram('systemctl', ['is-active', unitName])).stdout.trim();
}
