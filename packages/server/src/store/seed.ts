import type { HostFacts } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { SecretBox } from '../identity/secret.ts';
import type { Db, Tx } from './database.ts';
import { type SeededAdmin, seedIdentity } from './seed/identity.ts';
import { seedOfferings } from './seed/offerings.ts';
import type { GuestNetworkSettings } from './seed/physical-network.ts';
import type { PublicRangeSettings } from './seed/public-range.ts';
import { seedRoles } from './seed/roles.ts';
import { seedTemplates } from './seed/templates.ts';
import { seedZone, type ZoneSettings } from './seed/zone.ts';

/** What the configuration file says about what the database must hold. */
export interface SeedSettings extends EmptySettings {
  readonly zone: ZoneSettings;
  readonly public: PublicRangeSettings;
  readonly guestNetwork: GuestNetworkSettings;
}

/** Of an installation without a zone: everything else is made through the API. */
export interface EmptySettings {
  /** `null`: made at random when the account is made, and kept afterwards. */
  readonly adminPassword: string | null;
}

export interface Seeding {
  readonly settings: SeedSettings;
  readonly facts: HostFacts;
  /** Whether `facts` are of this machine, which is a host then. */
  readonly local?: boolean;
  readonly secrets: SecretBox;
}

export interface Seeded {
  readonly admin: SeededAdmin;
  /** Of the zone that the configuration describes; `null` when it was deleted. */
  readonly zoneId: string | null;
  /** Of this machine, when it is a host. */
  readonly hostId: string | null;
}

const lock = 0x15_01_a0_01;

/**
 * Brings what every installation has (administrator, zone, host, offerings, templates) to what the configuration and the host
 * say. Run at each start: repeated, it changes nothing, and nothing that the API made. Throws `refused_value` for a public range that
 * cannot be, and a zone of a name that another has.
 */
export async function seed(
  db: Db,
  { settings, facts, local = true, secrets }: Seeding,
): Promise<Seeded> {
  return db.transaction().execute(async tx => {
    const admin = await seedInstallation(tx, { password: settings.adminPassword, secrets });
    const zone = await seedZone(tx, {
      zone: settings.zone,
      guest: settings.guestNetwork,
      range: settings.public,
      facts,
      local,
    });
    if (zone === null) return { admin, zoneId: null, hostId: null };
    await seedTemplates(tx, { accountId: admin.accountId, zoneId: zone.zoneId, facts });
    return { admin, zoneId: zone.zoneId, hostId: zone.hostId };
  });
}

/** As `seed` for an installation without a zone: the ROOT domain with its administrator, roles and offerings. */
export async function seedEmpty(
  db: Db,
  { settings, secrets }: { readonly settings: EmptySettings; readonly secrets: SecretBox },
): Promise<Pick<Seeded, 'admin'>> {
  return db.transaction().execute(async tx => ({
    admin: await seedInstallation(tx, { password: settings.adminPassword, secrets }),
  }));
}

async function seedInstallation(
  tx: Tx,
  wanted: { readonly password: string | null; readonly secrets: SecretBox },
): Promise<SeededAdmin> {
  // Servers that start together seed one after the other.
  await sql`select pg_advisory_xact_lock(${lock})`.execute(tx);
  await seedRoles(tx);
  const admin = await seedIdentity(tx, wanted);
  await seedOfferings(tx);
  return admin;
}
