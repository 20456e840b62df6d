import { randomUUID } from 'node:crypto';
import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { ownerOf } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import type { InstanceRow, NetworkRow, NewRow, TemplateRow } from '../../store/schema.ts';
import { namedGroups, setGroups } from '../affinity-group/repository.ts';
import { groupNamed } from '../instance-group/repository.ts';
import { lockNetwork } from '../network/change.ts';
import { demandNetwork } from '../network/demand.ts';
import { insertNic } from '../nic/insert.ts';
import { requireNicCount } from '../nic/limit.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { addVolume } from '../volume/repository.ts';
import { usableZone } from '../zone/usable.ts';
import {
  onlyNetwork,
  usableKeyPairs,
  usableNetwork,
  usableOffering,
  usableTemplate,
} from './choose.ts';
import { generatedName, requireFreeName, requireHostName } from './host-name.ts';
import { chosenPassword } from './password.ts';
import { requestedPlace } from './place.ts';
import { type RequestedNic, requestedNics } from './requested-nics.ts';
import { givenUserData } from './user-data.ts';

type Params = ParamsOf<'deployVirtualMachine'>;

/** Writes down an instance and its NICs, and asks for their networks. */
export async function deployInstance(call: Call, params: Params): Promise<Intent> {
  const owner = await ownerOf(call, params);
  const zone = await usableZone(call, params.zoneid);
  const place = { owner, zone };
  const offering = await usableOffering(call, params.serviceofferingid, place);
  if (params.templateid === undefined)
    throw new IsolaError('missing_parameter', { command: call.command, parameter: 'templateid' });
  const template = await usableTemplate(call, params.templateid, place);
  requireHypervisor(params.hypervisor, template.hypervisor);
  const keys = [
    ...(params.keypair === undefined ? [] : [params.keypair]),
    ...(params.keypairs ?? []),
  ];
  const name = params.name ?? generatedName();
  requireHostName(name);
  const nics = await plannedNics(call, params, place);
  await requireFreeName(call, { name, networkIds: nics.map(nic => nic.network.id) });
  const starts = params.startvm !== false;
  const requested = await requestedPlace(call, params, { zone, template });
  const held = holderOf(owner);
  const groups = await namedGroups(call, {
    accountId: owner.account.id,
    ids: params.affinitygroupids,
    names: params.affinitygroupnames,
  });
  await reserveResources(call.tx, held, {
    user_vm: 1,
    cpu: offering.cpu_number,
    memory: offering.memory_mib,
  });
  const instance = await insertInstance(call, owner.account.seq, {
    account_id: owner.account.id,
    domain_id: owner.domain.id,
    zone_id: zone.id,
    host_id: null,
    last_host_id: null,
    ...requested,
    user_id: call.caller.user.id,
    name,
    display_name: params.displayname ?? name,
    group_id: params.group === undefined ? null : await groupNamed(call, held, params.group),
    service_offering_id: offering.id,
    template_id: template.id,
    key_pairs: await usableKeyPairs(call, owner, keys),
    ...(await givenUserData(call, owner.account.id, params)),
    sealed_password: sealedPassword(call, template, params.password),
    ha_enabled: offering.offer_ha,
    dynamically_scalable: params.dynamicscalingenabled ?? false,
    details: JSON.stringify(
      Object.assign(
        {},
        ...(params.details ?? []),
        params.keyboard === undefined ? {} : { keyboard: params.keyboard },
      ),
    ),
    display_vm: params.displayvm ?? true,
    state: starts ? 'Starting' : 'Stopped',
    desired_state: starts ? 'Running' : 'Stopped',
    failure: null,
    destroyed: null,
  });
  for (const [device, { network, requested: nic }] of nics.entries())
    await insertNic(call, {
      ...nic,
      instance,
      network,
      device,
      isDefault: device === 0,
      plug: null,
    });
  await addVolume(call.tx, instance, template.size_bytes);
  await setGroups(call.tx, instance.id, groups ?? []);
  if (starts) for (const nic of nics) await demandNetwork(call.tx, nic.network.id);
  return {
    object: { type: 'VirtualMachine', id: instance.id },
    waits: { kind: 'instance', id: instance.id, generation: instance.generation },
  };
}

/** A password for an instance of a template that takes one. */
function sealedPassword(
  call: Call,
  template: Pick<TemplateRow, 'name' | 'password_enabled'>,
  asked: string | undefined,
): string | null {
  if (template.password_enabled) return call.secrets.encrypt(chosenPassword(asked));
  if (asked === undefined) return null;
  throw refused(`Template ${template.name} is not enabled for passwords`);
}

interface PlannedNic {
  readonly requested: RequestedNic;
  readonly network: NetworkRow;
}

/** The networks, each once and locked in the order of their ids, so that deployments into the same ones follow one another. */
async function plannedNics(
  call: Call,
  params: Params,
  place: Parameters<typeof onlyNetwork>[1],
): Promise<PlannedNic[]> {
  const nics: PlannedNic[] = [];
  for (const requested of requestedNics(params)) {
    const network =
      requested.network === null
        ? await onlyNetwork(call, place)
        : await usableNetwork(call, requested.network, { ...place, parameter: 'networkids' });
    if (nics.some(nic => nic.network.id === network.id))
      throw refused(`Network ${network.name} is given twice`);
    nics.push({ requested, network });
  }
  requireNicCount(nics.length);
  for (const id of nics.map(nic => nic.network.id).toSorted()) await lockNetwork(call.tx, id);
  return nics;
}

function requireHypervisor(asked: string | undefined, actual: string): void {
  if (asked !== undefined && asked.toLowerCase() !== actual.toLowerCase())
    throw refused(`The template is for hypervisor ${actual}, not ${asked}`);
}

/** The name on the host holds the numbers of the account and of the row. */
async function insertInstance(
  call: Call,
  accountSeq: number,
  values: Omit<NewRow<'instances'>, 'internal_name'>,
): Promise<InstanceRow> {
  const { id, seq } = await call.tx
    .insertInto('instances')
    .values({ ...values, internal_name: `new ${randomUUID()}` })
    .returning(['id', 'seq'])
    .executeTakeFirstOrThrow();
  return call.tx
    .updateTable('instances')
    .set({ internal_name: `i-${accountSeq}-${seq}-VM` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
