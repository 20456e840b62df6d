import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import type { InstanceRow } from '../../store/schema.ts';
import { usableNetwork } from '../instance/choose.ts';
import { homeOf } from '../instance/home.ts';
import { requireFreeName } from '../instance/host-name.ts';
import { lockInstance } from '../instance/repository.ts';
import { lockNetwork } from '../network/change.ts';
import { demandNetwork } from '../network/demand.ts';
import { adjust, requireStill, standingNics } from './change.ts';
import { insertNic } from './insert.ts';
import { requireNicCount } from './limit.ts';
import { parseMac } from './mac.ts';

/** Writes down a further NIC; one of a running instance is plugged in once its network is implemented. */
export async function addNic(
  call: Call,
  params: ParamsOf<'addNicToVirtualMachine'>,
): Promise<Intent> {
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const instance = await lockInstance(call, named);
  requireStill(instance);
  const nics = await standingNics(call, instance);
  const { id: networkId } = await usableNetwork(call, params.networkid, {
    parameter: 'networkid',
    ...(await homeOf(call, instance)),
  });
  const network = await lockNetwork(call.tx, networkId);
  if (nics.some(nic => nic.network_id === network.id))
    throw refused(`Instance ${instance.name} has a network interface in ${network.name} already`);
  requireNicCount(nics.length + 1);
  await requireFreeName(call, {
    name: instance.name,
    networkIds: [network.id],
    instanceId: instance.id,
  });
  const runs = instance.state === 'Running';
  if (runs) await demandNetwork(call.tx, network.id);
  const change = await insertNic(call, {
    instance,
    network,
    device: await freeDevice(call, instance),
    isDefault: nics.every(nic => !nic.is_default),
    plug: runs ? 'In' : null,
    ...(params.ipaddress === undefined ? {} : { address: params.ipaddress }),
    ...(params.macaddress === undefined ? {} : { mac: checkedMac(params.macaddress) }),
  });
  if (runs) return adjust(call, instance);
  return { object: { type: 'VirtualMachine', id: instance.id }, waits: change.waits };
}

/** The lowest number that no NIC has, those on their way out included. */
async function freeDevice(call: Call, instance: InstanceRow): Promise<number> {
  const rows = await call.tx
    .selectFrom('nics')
    .select('device')
    .where('instance_id', '=', instance.id)
    .execute();
  const taken = new Set(rows.map(row => row.device));
  let device = 0;
  while (taken.has(device)) device += 1;
  return device;
}

function checkedMac(text: string): string {
  const mac = parseMac(text);
  if (mac === null) throw refused(`${text} is not the MAC address of a network interface`);
  return mac;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
