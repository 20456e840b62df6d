import { type SqlBool, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { tagsColumn } from '../tag/select.ts';
import {
  type OwnedTemplate,
  type TemplateEntity,
  type TemplatePlaces,
  templateResponse,
} from './response.ts';

/** Templates with the names of their owner and zone; those that are being deleted are gone. */
export function selectTemplates(db: Db) {
  return db
    .selectFrom('templates')
    .innerJoin('accounts', 'accounts.id', 'templates.account_id')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .innerJoin('zones', 'zones.id', 'templates.zone_id')
    .selectAll('templates')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.id as domain_id',
      'domains.name as domain',
      'domains.path as domain_path',
      'zones.name as zone',
      tagsColumn('Template'),
    ])
    .where('templates.state', '=', 'Active');
}

/** Whether instances can be made from a template: its file is in a store, or is a tree of the host. */
export const isReady = sql<SqlBool>`(templates.format = 'ROOTFS' or exists (select 1 from template_stores
  where template_stores.template_id = templates.id and template_stores.state = 'Ready'))`;

/** Templates as the API shows them to the caller. */
export async function templateResponses(
  call: Call,
  rows: readonly OwnedTemplate[],
): Promise<TemplateEntity[]> {
  const places = await loadPlaces(
    call.tx,
    rows.map(row => row.id),
  );
  const { role } = call.caller.account;
  return rows.map(row => templateResponse(row, places(row.id), role));
}

/** One template as the API shows it to the caller. */
export async function shownTemplate(call: Call, id: string): Promise<TemplateEntity> {
  const row = await selectTemplates(call.tx)
    .where('templates.id', '=', id)
    .executeTakeFirstOrThrow();
  return templateResponse(row, (await loadPlaces(call.tx, [id]))(id), call.caller.account.role);
}

async function loadPlaces(
  db: Db,
  ids: readonly string[],
): Promise<(templateId: string) => TemplatePlaces> {
  if (ids.length === 0) return () => ({ stores: [], hosts: [] });
  const stores = await db
    .selectFrom('template_stores')
    .innerJoin('image_stores', 'image_stores.id', 'template_stores.store_id')
    .selectAll('template_stores')
    .select('image_stores.name as store')
    .where('template_id', 'in', [...ids])
    .orderBy('image_stores.seq')
    .execute();
  const hosts = await db
    .selectFrom('template_hosts')
    .innerJoin('hosts', 'hosts.id', 'template_hosts.host_id')
    .selectAll('template_hosts')
    .select('hosts.name as host')
    .where('template_id', 'in', [...ids])
    .orderBy('hosts.seq')
    .execute();
  return id => ({
    stores: stores.filter(copy => copy.template_id === id),
    hosts: hosts.filter(copy => copy.template_id === id),
  });
}

interface Named {
  readonly parameter: string;
  readonly id: string;
}

/** A template that the caller may change, locked. 431 when there is none, 531 when it is not the caller's. */
export async function ownedTemplate(call: Call, named: Named): Promise<OwnedTemplate> {
  const template = await selectTemplates(call.tx)
    .where(identified(named.id, 'templates'))
    .forUpdate('templates')
    .executeTakeFirst();
  if (template === undefined) throw unknownId(call, named);
  await requireOwner(call, template, `template ${template.id}`);
  return template;
}
