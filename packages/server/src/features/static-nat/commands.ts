import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import type { PublicAddressRow } from '../../store/schema.ts';
import { deleteRule } from '../firewall/rule-commands.ts';
import { type GuestTarget, guestTarget, refuseOtherNetwork } from '../port-forwarding/target.ts';
import { beginAddressChange, requireService, requireUnshared } from '../public-address/change.ts';
import { noStaticNat } from '../public-address/free.ts';
import { jobOpening, listIpForwardingRules } from './list.ts';
import { openStaticNat } from './open.ts';

export const staticNatCommands = {
  enableStaticNat: {
    kind: 'awaited',
    async begin(call, params) {
      const named = { parameter: 'ipaddressid', id: params.ipaddressid };
      const change = await beginAddressChange(call, named);
      const { address, network } = change;
      requireService(change, 'StaticNat');
      await refuseOtherNetwork(call, network, params.networkid);
      if (address.is_source_nat)
        throw refused(
          `Public address ${address.address} is the source NAT address of network ${network.name}; acquire another one for static NAT`,
        );
      const target = await guestTarget(call, network, {
        instanceId: params.virtualmachineid,
        guestAddress: params.vmguestip,
      });
      await refuseForwards(call, address);
      await requireUnshared(call, change, 'StaticNat');
      await refuseSecond(call, address, target);
      await call.tx
        .updateTable('public_addresses')
        .set({
          static_nat_nic_id: target.nicId,
          static_nat_address: target.secondary,
          generation: change.generation,
        })
        .where('id', '=', address.id)
        .execute();
      return { object: { type: 'IpAddress', id: address.id }, waits: change.waits };
    },
    result: async () => ({ success: true }),
  },

  listIpForwardingRules: {
    kind: 'sync',
    run: listIpForwardingRules,
  },

  createIpForwardingRule: {
    kind: 'job',
    begin: openStaticNat,
    result: jobOpening,
  },

  deleteIpForwardingRule: {
    kind: 'job',
    begin: (call, params) => deleteRule(call, params, 'Ingress'),
    result: async () => ({ success: true }),
  },

  disableStaticNat: {
    kind: 'job',
    async begin(call, params) {
      const named = { parameter: 'ipaddressid', id: params.ipaddressid };
      const change = await beginAddressChange(call, named);
      const { address } = change;
      if (address.static_nat_nic_id === null)
        throw refused(`Public address ${address.address} does not have static NAT enabled`);
      await call.tx
        .updateTable('public_addresses')
        .set({ ...noStaticNat, generation: change.generation })
        .where('id', '=', address.id)
        .execute();
      return { object: { type: 'IpAddress', id: address.id }, waits: change.waits };
    },
    result: async () => ({ success: true }),
  },
} satisfies Partial<Handlers>;

async function refuseForwards(call: Call, address: PublicAddressRow): Promise<void> {
  const forward = await call.tx
    .selectFrom('port_forwarding_rules')
    .select('id')
    .where('public_address_id', '=', address.id)
    .where('state', '<>', 'Revoke')
    .limit(1)
    .executeTakeFirst();
  if (forward !== undefined)
    throw new IsolaError('rule_conflict', {
      reason: `Public address ${address.address} has port forwarding rules; static NAT needs it alone`,
    });
}

/** An address of an instance has one static NAT address, and that leads to one. */
async function refuseSecond(
  call: Call,
  address: PublicAddressRow,
  { nicId, secondary }: GuestTarget,
): Promise<void> {
  if (
    address.static_nat_nic_id !== null &&
    (address.static_nat_nic_id !== nicId || address.static_nat_address !== secondary)
  )
    throw refused(
      `Public address ${address.address} has static NAT to another instance, or another address of it; disable it first`,
    );
  const other = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('static_nat_nic_id', '=', nicId)
    .where('static_nat_address', 'is not distinct from', secondary)
    .where('id', '<>', address.id)
    .executeTakeFirst();
  if (other !== undefined)
    throw refused(`The instance already has static NAT with public address ${other.address}`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
