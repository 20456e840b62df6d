import { type KeyObject, verify } from 'node:crypto';
import {
  type HostFacts,
  type JoinAnswer,
  type JoinRequest,
  joinProof,
  protocolVersion,
} from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Selectable } from 'kysely';
import { type Authority, type Issued, readPublicKey, validDays } from '../authority/authority.ts';
import { raiseAlert } from '../events/alert.ts';
import type { Db, Tx } from '../store/database.ts';
import type { HostRow, JoinTokenTable } from '../store/schema.ts';
import { transact } from '../store/transaction.ts';
import { factColumns } from './host-rows.ts';
import { lockJoinToken } from './join-token.ts';
import { revokeCertificates } from './revoke.ts';

type TokenRow = Selectable<JoinTokenTable>;

/** A host of this name is there, with an agent that lives. */
class NameTakenError extends IsolaError {
  readonly token: TokenRow;

  constructor(token: TokenRow, facts: HostFacts, from: string) {
    super('refused_value', {
      reason: `An agent at ${from} wants to join as ${facts.name}, and a host of that name is connected: rename the machine, or remove the host`,
    });
    this.token = token;
  }
}

/**
 * Lets a machine join: its row, and a certificate for its key. The token is spent. A machine whose name a host has takes that
 * host's row when its agent is gone. Throws `refused_value` that says why not.
 */
export async function joinHost(
  db: Db,
  authority: Authority,
  { request, from }: { readonly request: JoinRequest; readonly from: string },
): Promise<Exclude<JoinAnswer, { error: string }>> {
  if (request.protocol !== protocolVersion)
    throw refused(
      `The agent speaks version ${request.protocol} of the protocol and the server ${protocolVersion}: install the agent of this server`,
    );
  const publicKey = readPublicKey(request.publicKey);
  if (!provesKey(request, publicKey)) throw refused('The agent does not hold the key it named');
  try {
    return await transact(db, async tx => {
      const token = await lockJoinToken(tx, { id: request.tokenId, secret: request.secret });
      const hostId = await admitHost(tx, { token, facts: request.facts, from });
      const issued = await issueFor(tx, authority, { hostId, publicKey });
      return { hostId, certificate: issued.certificate };
    });
  } catch (error) {
    if (error instanceof NameTakenError)
      await raiseAlert(db, {
        name: 'ALERT.COMPUTE.HOST',
        description: error.message,
        zoneId: error.token.zone_id,
      });
    throw error;
  }
}

/** Issues a certificate for a host and records it. Those that it has stay valid. */
export async function issueFor(
  tx: Db,
  authority: Authority,
  { hostId, publicKey }: { readonly hostId: string; readonly publicKey: KeyObject },
): Promise<Issued> {
  const host = await tx
    .selectFrom('hosts')
    .select(['name', 'underlay_address'])
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  const reachedBy = [host.name, ...(host.underlay_address === null ? [] : [host.underlay_address])];
  const issued = authority.issue({ name: host.name, reachedBy, days: validDays.host }, publicKey);
  await tx
    .insertInto('host_certificates')
    .values({
      fingerprint: issued.fingerprint,
      serial: issued.serial,
      host_id: hostId,
      host_name: host.name,
      expires: issued.expires,
      revoked: null,
    })
    .execute();
  return issued;
}

interface Newcomer {
  /** Locked by the transaction. */
  readonly token: TokenRow;
  readonly facts: HostFacts;
  /** Where it was heard from. */
  readonly from: string;
}

/** Writes the row of a host that joins, and spends its token. Gives its id. Throws `refused_value` that says why not. */
export async function admitHost(tx: Tx, newcomer: Newcomer): Promise<string> {
  await insistOnHypervisor(tx, newcomer.token, newcomer.facts);
  const hostId = await takeRow(tx, newcomer);
  await tx
    .updateTable('join_tokens')
    .set({ used: new Date(), host_id: hostId })
    .where('id', '=', newcomer.token.id)
    .execute();
  return hostId;
}

async function takeRow(tx: Tx, { token, facts, from }: Newcomer): Promise<string> {
  const found = await tx
    .selectFrom('hosts')
    .selectAll()
    .where('zone_id', '=', token.zone_id)
    .where(eb => eb(eb.fn('lower', ['name']), '=', facts.name.toLowerCase()))
    .forUpdate()
    .executeTakeFirst();
  if (found !== undefined && isLive(found)) throw new NameTakenError(token, facts, from);
  await insistOnOwnUnderlay(tx, { token, facts, hostId: found?.id ?? null });
  const values = {
    ...factColumns(facts),
    pod_id: token.pod_id,
    cluster_id: token.cluster_id,
    hypervisor: facts.hypervisor,
    address: facts.underlay?.address ?? from,
    state: 'Connecting' as const,
    tags: [...token.tags],
    last_seen: new Date(),
    disconnected: null,
    certificate: null,
  };
  if (found === undefined) {
    const made = await tx
      .insertInto('hosts')
      .values({
        ...values,
        zone_id: token.zone_id,
        name: facts.name,
        resource_state: token.resource_state,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return made.id;
  }
  // A host that joins anew stays in maintenance if it is; one that was removed is a new one.
  const resourceState = found.state === 'Removed' ? token.resource_state : found.resource_state;
  await tx
    .updateTable('hosts')
    .set({ ...values, resource_state: resourceState })
    .where('id', '=', found.id)
    .execute();
  await revokeCertificates(tx, found.id);
  return found.id;
}

function isLive(host: HostRow): boolean {
  return host.is_local || host.state === 'Up';
}

async function insistOnHypervisor(tx: Tx, token: TokenRow, facts: HostFacts): Promise<void> {
  const cluster = await tx
    .selectFrom('clusters')
    .select(['name', 'hypervisor'])
    .where('id', '=', token.cluster_id)
    .executeTakeFirstOrThrow();
  if (cluster.hypervisor !== facts.hypervisor)
    throw refused(
      `The join token is for cluster ${cluster.name} of ${cluster.hypervisor} hosts, and this one is ${facts.hypervisor}`,
    );
}

/** Others trust the certificate's address when guests move: nobody may claim another host's. */
async function insistOnOwnUnderlay(
  tx: Tx,
  { token, facts, hostId }: { token: TokenRow; facts: HostFacts; hostId: string | null },
): Promise<void> {
  if (facts.underlay === null) return;
  const other = await tx
    .selectFrom('hosts')
    .select('name')
    .where('zone_id', '=', token.zone_id)
    .where('underlay_address', '=', facts.underlay.address)
    .where('id', 'is distinct from', hostId)
    .executeTakeFirst();
  if (other !== undefined)
    throw refused(`Host ${other.name} has the address ${facts.underlay.address} already`);
}

function provesKey(request: JoinRequest, publicKey: KeyObject): boolean {
  const signed = Buffer.from(joinProof(request.tokenId));
  return verify('sha256', signed, publicKey, Buffer.from(request.proof, 'base64'));
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
