import type { HostFacts, HostLoad } from '@isola/agent-protocol';
import type { Db } from '../store/database.ts';
import { transact } from '../store/transaction.ts';

/** An agent that has shown a good certificate. */
export interface KnownHost {
  readonly id: string;
  readonly name: string;
  /** Of the certificate. */
  readonly fingerprint: string;
}

/** The columns that follow what a host says of itself. Its name and hypervisor are as it joined. */
export function factColumns(facts: HostFacts) {
  return {
    cpu_cores: facts.cpuCores,
    cpu_mhz: Math.round(facts.cpuMHz),
    memory_bytes: facts.memoryBytes,
    kernel: facts.kernel,
    hypervisor_version: facts.hypervisorVersion,
    accelerated: facts.accelerated,
    agent_version: facts.agentVersion,
    underlay_address: facts.underlay?.address ?? null,
    underlay_mtu: facts.underlay?.mtu ?? null,
    guest_mtu: facts.guestMtu,
    reaches_public: facts.reachesPublic,
    shared_storage: facts.sharedStorage,
  };
}

/** The host that a certificate stands for; `null` unless it was issued here, is neither revoked nor too old, and the host is there. */
export async function hostOf(db: Db, fingerprint: string): Promise<KnownHost | null> {
  const [host] = await goodCertificates(db, [fingerprint]);
  return host ?? null;
}

/** Those of the certificates with which an agent may be connected now. */
export function goodCertificates(
  db: Db,
  fingerprints: readonly string[],
): Promise<readonly KnownHost[]> {
  return db
    .selectFrom('host_certificates')
    .innerJoin('hosts', 'hosts.id', 'host_certificates.host_id')
    .select(['hosts.id', 'hosts.name', 'host_certificates.fingerprint'])
    .where('host_certificates.fingerprint', 'in', [...fingerprints])
    .where('host_certificates.revoked', 'is', null)
    .where('host_certificates.expires', '>', new Date())
    .where('hosts.state', '!=', 'Removed')
    .where('hosts.is_local', '=', false)
    .execute();
}

/**
 * The agent is there; the host is `Up` once the reconciler has taken from it what lives elsewhere now. Certificates before the
 * one it shows are revoked: it has stored this one.
 */
export async function recordConnected(db: Db, host: KnownHost, facts: HostFacts): Promise<void> {
  await transact(db, async tx => {
    await tx
      .updateTable('hosts')
      .set({
        ...factColumns(facts),
        state: 'Connecting',
        last_seen: new Date(),
        disconnected: null,
        ...(facts.underlay === null ? {} : { address: facts.underlay.address }),
      })
      .where('id', '=', host.id)
      .execute();
    await adoptCertificate(tx, host);
  });
}

/** Makes the certificate the host's only one. */
export async function adoptCertificate(tx: Db, host: KnownHost): Promise<void> {
  await tx
    .updateTable('hosts')
    .set({ certificate: host.fingerprint })
    .where('id', '=', host.id)
    .execute();
  const adopted = tx
    .selectFrom('host_certificates')
    .select('issued')
    .where('fingerprint', '=', host.fingerprint);
  await tx
    .updateTable('host_certificates')
    .set({ revoked: new Date() })
    .where('host_id', '=', host.id)
    .where('fingerprint', '!=', host.fingerprint)
    .where('issued', '<=', adopted)
    .where('revoked', 'is', null)
    .execute();
}

/** The agent is gone. What follows from that is the reconciler's. */
export async function recordLost(db: Db, hostId: string): Promise<void> {
  await db
    .updateTable('hosts')
    .set({ state: 'Disconnected', disconnected: new Date() })
    .where('id', '=', hostId)
    .where('state', 'in', ['Up', 'Connecting'])
    .execute();
}

/** At the start of a server no agent is connected to it yet. */
export async function recordNoneConnected(db: Db): Promise<void> {
  await db
    .updateTable('hosts')
    .set({ state: 'Disconnected', disconnected: new Date() })
    .where('is_local', '=', false)
    .where('state', 'in', ['Up', 'Connecting'])
    .execute();
}

export async function recordLoad(db: Db, hostId: string, load: HostLoad): Promise<void> {
  await db
    .updateTable('hosts')
    .set({ load: JSON.stringify(load), last_seen: new Date() })
    .where('id', '=', hostId)
    .execute();
}
