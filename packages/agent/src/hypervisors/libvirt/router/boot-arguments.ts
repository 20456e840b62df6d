import { createHash, randomBytes } from 'node:crypto';
import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import { encodeCpio } from '../../../images/vm/cpio.ts';

/** The serial port over which a router takes its boot arguments. */
export const bootPort = 'org.isola.boot';

export interface BootArguments {
  readonly spec: RouterSpec;
  /** The configuration that it starts with. */
  readonly boot: RouterConfig;
  /** Private key by which it proves who it is. */
  readonly hostKey: string;
  /** Lines of `authorized_keys`. */
  readonly authorizedKeys: readonly string[];
  readonly now: Date;
}

const seedBytes = 512;

/**
 * What makes a machine of the system template one certain router: an archive of files, which the template's
 * `boot-arguments` lays over its root. Another one each time, for it carries random numbers.
 */
export function encodeBootArguments(boot: BootArguments): Buffer {
  const { spec, hostKey, authorizedKeys, now } = boot;
  const machineId = createHash('sha256').update(`isola ${spec.id}`).digest('hex').slice(0, 32);
  const { address, prefix } = boot.boot.header.control;
  const nics = spec.nics.map(({ mac, device, network }) => {
    return network.kind === 'control'
      ? `${mac} ${device} ${address}/${prefix}\n`
      : `${mac} ${device}\n`;
  });
  const files: readonly (readonly [path: string, mode: number, content: string | Buffer])[] = [
    ['etc/hostname', 0o644, `${spec.name}\n`],
    ['etc/hosts', 0o644, `127.0.0.1 localhost\n127.0.1.1 ${spec.name}\n`],
    ['etc/machine-id', 0o644, `${machineId}\n`],
    ['etc/ssh/ssh_host_ed25519_key', 0o600, hostKey],
    ['root/.ssh/authorized_keys', 0o600, authorizedKeys.map(key => `${key}\n`).join('')],
    ['run/isola-boot/clock', 0o600, `${Math.floor(now.getTime() / 1000)}\n`],
    ['run/isola-boot/nics', 0o600, nics.join('')],
    ['run/isola-boot/router.json', 0o600, JSON.stringify(boot.boot)],
    ['run/isola-boot/seed', 0o600, randomBytes(seedBytes)],
  ];
  return encodeCpio(
    files.map(([path, mode, content]) => ({
      path,
      mode,
      kind: 'file',
      content: Buffer.from(content),
    })),
  );
}
