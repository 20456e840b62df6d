import type { HostFacts } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from './database.ts';
import { type SeededAdmin, seedIdentity } from './seed/identity.ts';
import { seedOfferings } from './seed/offerings.ts';
import type { GuestNetworkSettings } from './seed/physical-network.ts';
import { type PublicRangeSettings, seedPublicRange } from './seed/public-range.ts';
import { seedRoles } from './seed/roles.ts';
import { seedTemplates } from './seed/templates.ts';
import { seedZone, type ZoneSettings } from './seed/zone.ts';

/** What the configuration file says about what the database must hold. */
export interface SeedSettings {
  readonly zone: ZoneSettings;
  readonly public: PublicRangeSettings;
  readonly guestNetwork: GuestNetworkSettings;
  /** `null`: made at random when the account is made, and kept afterwards. */
  readonly adminPassword: string | null;
}

export interface Seeding {
  readonly settings: SeedSettings;
  readonly facts: HostFacts;
  readonly secrets: SecretBox;
}

export interface Seeded {
  readonly admin: SeededAdmin;
  readonly zoneId: string;
  readonly hostId: string;
}

const lock = 0x15_01_a0_01;

/**
 * Brings what every installation has (administrator, zone, host, offerings, templates) to what the configuration and the host
 * say. Run at each start: repeated, it changes nothing. Throws `refused_value` for a public range that cannot be.
 */
export async function seed(db: Db, { settings, facts, secrets }: Seeding): Promise<Seeded> {
  return db.transaction().execute(async tx => {
    // Servers that start together seed one after the other.
    await sql`select pg_advisory_xact_lock(${lock})`.execute(tx);
    await seedRoles(tx);
    const admin = await seedIdentity(tx, { password: settings.adminPassword, secrets });
    const zone = await seedZone(tx, { zone: settings.zone, guest: settings.guestNetwork, facts });
    await seedPublicRange(tx, { zone, range: settings.public });
    await seedOfferings(tx);
    await seedTemplates(tx, { accountId: admin.accountId, zoneId: zone.zoneId, facts });
    return { admin, zoneId: zone.zoneId, hostId: zone.hostId };
  });
}
