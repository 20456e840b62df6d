import { createHash } from 'node:crypto';
import type { HypervisorKind } from '@isola/agent-protocol';
import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { ownerOf } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { ImageStoreRow, ZoneRow } from '../../store/schema.ts';
import { parseChecksum } from '../../templates/checksum.ts';
import { detailsOf } from '../account/details.ts';
import { hypervisorOf } from '../cluster/repository.ts';
import { defaultOsType, osTypes } from '../os-type/os-types.ts';
import { holderOf, reserveResources } from '../resource-limit/reserve.ts';
import { checkedName } from '../user/create.ts';
import { onlyZone } from '../zone/only-zone.ts';
import { shownTemplate } from './repository.ts';
import type { TemplateEntity } from './response.ts';

type Params = ParamsOf<'registerTemplate'>;

/** Records a template; its file is downloaded after the call. */
export async function registerTemplate(call: Call, params: Params): Promise<TemplateEntity> {
  const owner = await ownerOf(call, params);
  const { account } = owner;
  const isRoot = call.caller.account.role === 'Root Admin';
  const type = typeOf(params);
  if (!isRoot && (type === 'SYSTEM' || params.isfeatured === true))
    throw new IsolaError('not_permitted', {
      reason: 'Only a root administrator registers system or featured templates',
    });
  const name = checkedName('name', params.name);
  const hypervisor = hypervisorOf(params.hypervisor);
  if (hypervisor === 'Simulator' && call.mocks === null)
    throw refused('This server simulates nothing');
  const format = formatOf(params, hypervisor);
  const url = checkedUrl(params.url, isRoot);
  if (params.checksum !== undefined) parseChecksum(params.checksum);
  const zone = await onlyZone(call, zoneOf(params));
  const store = await writableStore(call.tx, zone, name);
  await reserveResources(call.tx, holderOf(owner), { template: 1 });
  const { id } = await insertTemplate(call.tx, {
    account_id: account.id,
    zone_id: zone.id,
    name,
    display_text: params.displaytext ?? name,
    hypervisor,
    format,
    os_type: osTypeOf(params.ostypeid),
    type,
    ...(hypervisor === 'Simulator'
      ? { size_bytes: simulatedBytes, file_bytes: simulatedBytes, checksum: checksumOfUrl(url) }
      : { size_bytes: 0, checksum: '' }),
    expected_checksum: params.checksum ?? null,
    is_featured: params.isfeatured ?? false,
    is_public: params.ispublic ?? false,
    is_extractable: params.isextractable ?? false,
    password_enabled: params.passwordenabled ?? false,
    url,
    details: JSON.stringify(detailsOf(params.details)),
  });
  await call.tx
    .insertInto('template_stores')
    .values({
      template_id: id,
      store_id: store.id,
      // What is simulated is never fetched.
      ...(hypervisor === 'Simulator'
        ? { state: 'Ready', download_state: 'DOWNLOADED', download_percent: 100 }
        : {}),
    })
    .execute();
  call.wakeTemplates();
  return shownTemplate(call, id);
}

/** The name of the operating system that `ostypeid` stands for. */
export function osTypeOf(id: string | undefined): string {
  if (id === undefined) return defaultOsType;
  const found = osTypes.find(type => type.id === id.toLowerCase());
  if (found === undefined) throw refused(`There is no operating system ${id}: see listOsTypes`);
  return found.name;
}

async function insertTemplate(
  tx: Db,
  values: Parameters<ReturnType<typeof tx.insertInto<'templates'>>['values']>[0],
): Promise<{ readonly id: string }> {
  const row = await tx
    .insertInto('templates')
    .values(values)
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined)
    throw refused('The zone has a system template of this name for this hypervisor');
  return row;
}

function typeOf({ templatetype, isrouting }: Params): 'USER' | 'SYSTEM' {
  const system = ['SYSTEM', 'ROUTING'].includes(templatetype?.toUpperCase() ?? '');
  return system || isrouting === true ? 'SYSTEM' : 'USER';
}

/** What a simulated template has in place of a file. */
const simulatedBytes = 2 ** 30;

function checksumOfUrl(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}

function formatOf({ format }: Params, hypervisor: HypervisorKind): 'QCOW2' | 'RAW' | 'TAR' {
  const name = format.toUpperCase();
  if (hypervisor === 'Simulator') return name === 'RAW' || name === 'TAR' ? name : 'QCOW2';
  if (hypervisor === 'LXC') {
    if (name === 'TAR') return name;
    throw refused('Templates for LXC have format TAR');
  }
  if (name === 'QCOW2' || name === 'RAW') return name;
  throw refused('Templates for KVM have format QCOW2 or RAW');
}

/** The URL as it is fetched. Where it leads is judged when it is, after every look-up of a name. */
function checkedUrl(text: string, isRoot: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refused('url is no URL');
  if (url.protocol === 'file:') {
    if (!isRoot)
      throw new IsolaError('not_permitted', {
        reason: 'Only a root administrator registers files of the management server',
      });
    if (url.host !== '' || url.search !== '' || url.hash !== '')
      throw refused('url must be file:///path');
    return url.href;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused('url must begin with http:// or https://');
  if (url.username !== '' || url.password !== '')
    throw refused('url must not hold a user name or password');
  return url.href;
}

function zoneOf({ zoneid, zoneids }: Params): string | undefined {
  if (zoneids !== undefined && zoneids.length > 1)
    throw refused('A template is registered in one zone: give one of zoneids');
  return zoneid ?? zoneids?.[0];
}

async function writableStore(tx: Db, zone: ZoneRow, template: string): Promise<ImageStoreRow> {
  const store = await tx
    .selectFrom('image_stores')
    .selectAll()
    .where('zone_id', '=', zone.id)
    .where('is_readonly', '=', false)
    .orderBy('seq')
    .limit(1)
    .forKeyShare()
    .executeTakeFirst();
  if (store !== undefined) return store;
  throw new IsolaError('template_unavailable', {
    template,
    store: '(none)',
    reason: `zone ${zone.name} has no image store that takes files`,
  });
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
