import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import type { NicRow, PublicAddressRow } from '../../store/schema.ts';
import { deleteRule } from '../firewall/rule-commands.ts';
import { refuseOtherNetwork, targetNic } from '../port-forwarding/target.ts';
import { beginAddressChange, requireService, requireUnshared } from '../public-address/change.ts';
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
      const nic = await targetNic(call, network, {
        instanceId: params.virtualmachineid,
        guestAddress: params.vmguestip,
      });
      await refuseForwards(call, address);
      await requireUnshared(call, change, 'StaticNat');
      await refuseSecond(call, address, nic);
      await call.tx
        .updateTable('public_addresses')
        .set({ static_nat_nic_id: nic.id, generation: change.generation })
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
        .set({ static_nat_nic_id: null, generation: change.generation })
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

/** One instance's NIC has one static NAT address, and an address leads to one NIC. */
async function refuseSecond(call: Call, address: PublicAddressRow, nic: NicRow): Promise<void> {
  if (address.static_nat_nic_id !== null && address.static_nat_nic_id !== nic.id)
    throw refused(
      `Public address ${address.address} has static NAT to another instance; disable it first`,
    );
  const other = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('static_nat_nic_id', '=', nic.id)
    .where('id', '<>', address.id)
    .executeTakeFirst();
  if (other !== undefined)
    throw refused(`The instance already has static NAT with public address ${other.address}`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
