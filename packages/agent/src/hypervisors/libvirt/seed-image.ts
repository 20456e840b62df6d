import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '@isola/agent-protocol';
import { run } from '../../process/run.ts';

/** What a cloud image reads at its start by the NoCloud convention: a file system with the label `cidata`. */
export async function writeSeedImage(path: string, spec: GuestSpec): Promise<void> {
  const folder = await mkdtemp(`${path}.`);
  try {
    for (const [name, content] of seedFiles(spec)) await writeFile(join(folder, name), content);
    const names = ['-volid', 'cidata', '-joliet', '-rational-rock'];
    await run('genisoimage', ['-quiet', '-output', `${path}.new`, ...names, folder]);
    await rename(`${path}.new`, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${path}.new`, { force: true });
  }
}

/** The files by name. JSON is YAML, and has one way to quote. */
export function seedFiles(spec: GuestSpec): readonly (readonly [name: string, content: string])[] {
  const keys = spec.sshPublicKeys.map(key => key.trim());
  const metadata = {
    'instance-id': spec.id,
    'local-hostname': spec.hostname,
    'public-keys': keys,
  };
  const users = {
    hostname: spec.hostname,
    disable_root: false,
    ssh_authorized_keys: keys,
  };
  // By name and not by place: NICs come and go.
  const network = {
    version: 2,
    ethernets: Object.fromEntries(
      spec.nics.map(({ device, mac }) => [
        device,
        { match: { macaddress: mac }, 'set-name': device, dhcp4: true },
      ]),
    ),
  };
  return [
    ['meta-data', `${JSON.stringify(metadata)}\n`],
    ['user-data', `#cloud-config\n${JSON.stringify(users)}\n`],
    ['network-config', `${JSON.stringify(network)}\n`],
  ];
}
