import { readFile } from 'node:fs/promises';
import { cidr, type Installation, installationSchema } from '@isola/model';
import type { EmptySettings, SeedSettings } from '@isola/server';

/** Reads the file that `isola up` writes. Throws when it is not one. */
export async function readSettings(path: string): Promise<Installation> {
  return installationSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** What the server's database must hold for this installation. */
export function seedSettings(
  installation: Installation,
  password: string,
): SeedSettings | EmptySettings {
  const { zone, publicNetwork, guestNetwork } = installation;
  if (installation.empty) return { adminPassword: password };
  const { gateway, first, last } = publicNetwork;
  return {
    zone: { ...zone, internalDns: zone.dns },
    // The public network of one machine is a bridge without a tag.
    public: { gateway, first, last, prefix: cidr(publicNetwork.cidr).prefix, vlan: 'untagged' },
    guestNetwork,
    adminPassword: password,
  };
}
