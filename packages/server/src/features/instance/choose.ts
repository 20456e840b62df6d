import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type {
  AccountRow,
  DomainRow,
  NetworkRow,
  ServiceOfferingRow,
  TemplateRow,
  ZoneRow,
} from '../../store/schema.ts';
import { mayUse } from '../network/usable.ts';
import { offeredTo } from '../service-offering/places.ts';
import { isReady } from '../template/repository.ts';

interface Owner {
  readonly account: AccountRow;
  readonly domain: DomainRow;
}

/** A service offering that the owner may use in the zone. 431 when there is none of that id. */
export async function usableOffering(
  call: Call,
  id: string,
  { owner, zone }: { readonly owner: Owner; readonly zone: ZoneRow },
): Promise<ServiceOfferingRow> {
  const offering = await call.tx
    .selectFrom('service_offerings')
    .selectAll()
    .where(identified(id))
    .where('is_system', '=', false)
    .where('state', '=', 'Active')
    .where(offeredTo(owner.domain.path))
    .executeTakeFirst();
  if (offering === undefined) throw unknownId(call, { parameter: 'serviceofferingid', id });
  if (offering.zone_ids.length > 0 && !offering.zone_ids.includes(zone.id))
    throw refused(`Service offering ${offering.name} is not offered in zone ${zone.name}`);
  return offering;
}

/** A template that the owner may use in the zone. 431 when there is none of that id. */
export async function usableTemplate(
  call: Call,
  id: string,
  { owner, zone }: { readonly owner: Owner; readonly zone: ZoneRow },
): Promise<TemplateRow> {
  const template = await call.tx
    .selectFrom('templates')
    .selectAll()
    .where(identified(id))
    .where('state', '=', 'Active')
    .where('type', '<>', 'SYSTEM')
    .forKeyShare()
    .executeTakeFirst();
  if (template === undefined) throw unknownId(call, { parameter: 'templateid', id });
  if (!template.is_public && template.account_id !== owner.account.id)
    throw new IsolaError('not_permitted', {
      reason: `Account ${owner.account.name} may not use template ${template.id}`,
    });
  if (template.zone_id !== zone.id)
    throw refused(`Template ${template.name} is not in zone ${zone.name}`);
  const ready = await call.tx
    .selectFrom('templates')
    .select('id')
    .where('id', '=', template.id)
    .where(isReady)
    .executeTakeFirst();
  if (ready === undefined)
    throw new IsolaError('template_not_ready', { template: template.name, zone: zone.name });
  return template;
}

/** A network in the zone that the owner may use. 431 when there is none of that id, 531 when the owner may not. */
export async function usableNetwork(
  call: Call,
  id: string,
  {
    owner,
    zone,
    parameter,
  }: {
    readonly owner: Owner;
    readonly zone: ZoneRow;
    /** Of the API, which carries the id. */
    readonly parameter: string;
  },
): Promise<NetworkRow> {
  const network = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where(identified(id))
    .executeTakeFirst();
  if (network === undefined) throw unknownId(call, { parameter, id });
  if (!(await mayUse(call.tx, network.id, owner)))
    throw new IsolaError('not_permitted', {
      reason: `Account ${owner.account.name} may not use network ${network.id}`,
    });
  if (network.zone_id !== zone.id)
    throw refused(`Network ${network.name} is not in zone ${zone.name}`);
  return network;
}

/** The one network that the owner has in the zone. 431 when there is none, or more than one to choose from. */
export async function onlyNetwork(
  call: Call,
  { owner, zone }: { readonly owner: Owner; readonly zone: ZoneRow },
): Promise<NetworkRow> {
  const networks = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where('account_id', '=', owner.account.id)
    .where('zone_id', '=', zone.id)
    .where('desired_state', '<>', 'Destroyed')
    .limit(2)
    .execute();
  const [network, other] = networks;
  if (network === undefined)
    throw refused(
      `Account ${owner.account.name} has no network in zone ${zone.name}: create one, or give networkids`,
    );
  if (other !== undefined)
    throw refused(
      `Account ${owner.account.name} has several networks in zone ${zone.name}: give networkids`,
    );
  return network;
}

/** Names of SSH key pairs of the owner, each once. 431 for one that does not exist. */
export async function usableKeyPairs(
  call: Call,
  owner: Owner,
  names: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return [];
  const rows = await call.tx
    .selectFrom('ssh_key_pairs')
    .select('name')
    .where('account_id', '=', owner.account.id)
    .where('name', 'in', wanted)
    .execute();
  const known = new Set(rows.map(row => row.name));
  const missing = wanted.find(name => !known.has(name));
  if (missing !== undefined)
    throw refused(`Account ${owner.account.name} has no SSH key pair ${missing}`);
  return wanted;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
