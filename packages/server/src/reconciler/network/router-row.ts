import { randomInt } from 'node:crypto';
import { formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { allocateMac } from '../../features/network/guest-address.ts';
import type { Db } from '../../store/database.ts';
import type { HostRow, NetworkRow, RouterRow } from '../../store/schema.ts';
import type { SystemTemplate } from './system-template.ts';

/** The host's control bridge is 169.254.0.0/16; its first /24 is kept for hosts. */
const firstControlAddress = ipv4('169.254.1.0');
const controlAddresses = ipv4('169.254.254.255') - firstControlAddress + 1;
const drawings = 256;

interface NewRouter {
  readonly network: NetworkRow;
  readonly host: Pick<HostRow, 'id'>;
  /** Whether it has a public NIC. */
  readonly hasPublicSide: boolean;
  readonly template: SystemTemplate;
  /** The router that this one is to follow: it takes over its guest and public MAC addresses, so that no neighbour notices. */
  readonly replaces: RouterRow | null;
}

/** Makes the row of a router that is about to start. Throws `insufficient_address` when no control address is free. */
export async function insertRouter(tx: Db, router: NewRouter): Promise<RouterRow> {
  for (let drawing = 0; drawing < drawings; drawing += 1) {
    const row = await tryInsert(tx, router);
    if (row !== undefined) return row;
  }
  throw noneFree();
}

/** A control address that is free on a host, for a router that moves there. Throws `insufficient_address`. */
export async function drawControlAddress(tx: Db, hostId: string): Promise<string> {
  for (let drawing = 0; drawing < drawings; drawing += 1) {
    const address = randomControlAddress();
    const taken = await tx
      .selectFrom('routers')
      .select('id')
      .where('host_id', '=', hostId)
      .where('control_address', '=', address)
      .executeTakeFirst();
    if (taken === undefined) return address;
  }
  throw noneFree();
}

function randomControlAddress(): string {
  return formatIpv4(firstControlAddress + randomInt(controlAddresses));
}

function noneFree(): IsolaError {
  return new IsolaError('insufficient_address', {
    reason: 'no link-local control address is free on the host',
  });
}

async function tryInsert(tx: Db, router: NewRouter): Promise<RouterRow | undefined> {
  const control = randomControlAddress();
  const inserted = await tx
    .insertInto('routers')
    .values({
      network_id: router.network.id,
      host_id: router.host.id,
      // Its name holds the number that the row gets.
      name: `new ${control} ${router.network.id}`,
      control_address: control,
      control_mac: await allocateMac(tx),
      guest_mac: router.replaces?.guest_mac ?? (await allocateMac(tx)),
      public_mac: router.hasPublicSide
        ? (router.replaces?.public_mac ?? (await allocateMac(tx)))
        : null,
      state: 'Starting',
      desired_state: 'Running',
      replaces: router.replaces?.id ?? null,
      image: router.template.checksum,
      template_id: router.template.id,
      service_offering_id: router.replaces?.service_offering_id ?? null,
      health_checked: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning(['id', 'seq'])
    .executeTakeFirst();
  if (inserted === undefined) return undefined;
  return tx
    .updateTable('routers')
    .set({ name: `r-${inserted.seq}-vm` })
    .where('id', '=', inserted.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
