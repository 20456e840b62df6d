import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import type { InstanceRow, NicRow } from '../../store/schema.ts';
import { lockInstance } from '../instance/repository.ts';
import { beginChange, lockNetwork } from '../network/change.ts';
import { adjust, namedNic, requireStill } from './change.ts';

/** Writes down that a NIC is to go: of a running instance unplugged first, then forgotten by its network. */
export async function removeNic(
  call: Call,
  params: ParamsOf<'removeNicFromVirtualMachine'>,
): Promise<Intent> {
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const instance = await lockInstance(call, named);
  requireStill(instance);
  const { nic, others } = await namedNic(call, instance, params.nicid);
  if (others.length === 0)
    throw refused(`It is the only network interface of instance ${instance.name}`);
  if (nic.is_default)
    throw refused(
      `It is the default network interface of instance ${instance.name}: make another one the default first`,
    );
  await lockNetwork(call.tx, nic.network_id);
  await requireNoRules(call, nic);
  if (instance.state === 'Stopped') return forget(call, instance, nic);
  await call.tx.updateTable('nics').set({ plug: 'Out' }).where('id', '=', nic.id).execute();
  return adjust(call, instance);
}

/** As in CloudStack: rules that lead to a NIC are deleted by their owner, not with it. The network must be locked, so that none comes meanwhile. */
export async function requireNoRules(call: Call, nic: NicRow): Promise<void> {
  const forward = await call.tx
    .selectFrom('port_forwarding_rules')
    .select('id')
    .where('nic_id', '=', nic.id)
    .where('state', '<>', 'Revoke')
    .limit(1)
    .executeTakeFirst();
  const address = await call.tx
    .selectFrom('public_addresses')
    .select('address')
    .where('static_nat_nic_id', '=', nic.id)
    .limit(1)
    .executeTakeFirst();
  const user =
    forward === undefined
      ? address && `static NAT of ${address.address}`
      : `port forwarding rule ${forward.id}`;
  if (user !== undefined) throw refused(`The network interface is still used by ${user}`);
}

async function forget(call: Call, instance: InstanceRow, nic: NicRow): Promise<Intent> {
  const change = await beginChange(call.tx, nic.network_id);
  if (change.live)
    await call.tx
      .updateTable('nics')
      .set({ state: 'Revoke', generation: change.generation })
      .where('id', '=', nic.id)
      .execute();
  else await call.tx.deleteFrom('nics').where('id', '=', nic.id).execute();
  return { object: { type: 'VirtualMachine', id: instance.id }, waits: change.waits };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
