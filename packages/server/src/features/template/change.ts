import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import { detailsOf } from '../account/details.ts';
import { checkedName } from '../user/create.ts';
import { onlyZone } from '../zone/only-zone.ts';
import { osTypeOf } from './register.ts';
import { ownedTemplate, shownTemplate } from './repository.ts';
import type { OwnedTemplate, TemplateEntity } from './response.ts';

/** `updateTemplate`. */
export async function updateTemplate(
  call: Call,
  params: ParamsOf<'updateTemplate'>,
): Promise<TemplateEntity> {
  const template = await ownedTemplate(call, { parameter: 'id', id: params.id });
  requireOwn(template);
  const details = params.cleanupdetails === true ? [] : params.details;
  await call.tx
    .updateTable('templates')
    .set({
      name: params.name === undefined ? template.name : checkedName('name', params.name),
      display_text: params.displaytext ?? template.display_text,
      os_type: params.ostypeid === undefined ? template.os_type : osTypeOf(params.ostypeid),
      password_enabled: params.passwordenabled ?? template.password_enabled,
      ...(details === undefined ? {} : { details: JSON.stringify(detailsOf(details)) }),
    })
    .where('id', '=', template.id)
    .execute();
  return shownTemplate(call, template.id);
}

/** `updateTemplatePermissions`. */
export async function updateTemplatePermissions(
  call: Call,
  params: ParamsOf<'updateTemplatePermissions'>,
): Promise<void> {
  const template = await ownedTemplate(call, { parameter: 'id', id: params.id });
  requireOwn(template);
  if (params.isfeatured !== undefined && call.caller.account.role !== 'Root Admin')
    throw new IsolaError('not_permitted', {
      reason: 'Only a root administrator says which templates are featured',
    });
  await call.tx
    .updateTable('templates')
    .set({
      is_public: params.ispublic ?? template.is_public,
      is_featured: params.isfeatured ?? template.is_featured,
      is_extractable: params.isextractable ?? template.is_extractable,
    })
    .where('id', '=', template.id)
    .execute();
}

/** `deleteTemplate`: it is gone for everybody at once; its files follow. */
export async function deleteTemplate(
  call: Call,
  params: ParamsOf<'deleteTemplate'>,
): Promise<Intent> {
  const template = await ownedTemplate(call, { parameter: 'id', id: params.id });
  requireOwn(template);
  if (params.zoneid !== undefined && (await onlyZone(call, params.zoneid)).id !== template.zone_id)
    throw refused(`Template ${template.name} is not in that zone`);
  if (template.type === 'SYSTEM' && params.issystem !== true)
    throw refused(`Template ${template.name} is a system template: give issystem=true`);
  if (params.forced !== true) await requireUnused(call, template);
  await call.tx
    .updateTable('templates')
    .set({ state: 'Inactive' })
    .where('id', '=', template.id)
    .execute();
  call.wakeTemplates();
  return { object: { type: 'Template', id: template.id }, waits: null };
}

/** `prepareTemplate`: the hosts of the zone fetch it after the call. */
export async function prepareTemplate(
  call: Call,
  params: ParamsOf<'prepareTemplate'>,
): Promise<TemplateEntity> {
  const zone = await onlyZone(call, params.zoneid);
  const template = await call.tx
    .selectFrom('templates')
    .select(['id', 'hypervisor'])
    .where(identified(params.templateid))
    .where('zone_id', '=', zone.id)
    .where('state', '=', 'Active')
    .executeTakeFirst();
  if (template === undefined)
    throw unknownId(call, { parameter: 'templateid', id: params.templateid });
  await call.tx
    .insertInto('template_hosts')
    .columns(['template_id', 'host_id', 'state'])
    .expression(eb =>
      eb
        .selectFrom('hosts')
        .select(select => [
          select.val(template.id).$castTo<string>().as('template_id'),
          'hosts.id',
          select.val('Copying').as('state'),
        ])
        .where('zone_id', '=', zone.id)
        .where('hypervisor', '=', template.hypervisor)
        .where('state', '<>', 'Removed'),
    )
    .onConflict(conflict =>
      conflict
        .columns(['template_id', 'host_id'])
        .doUpdateSet({ state: 'Copying', error: null })
        .where('template_hosts.state', '=', 'Failed'),
    )
    .execute();
  call.wakeTemplates();
  return shownTemplate(call, template.id);
}

/** A tree of the host's own follows the host, not the API. */
function requireOwn({ format, name }: OwnedTemplate): void {
  if (format === 'ROOTFS') throw refused(`Template ${name} is an image of the host itself`);
}

async function requireUnused(call: Call, template: OwnedTemplate): Promise<void> {
  const { count } = await call.tx
    .selectFrom('instances')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('template_id', '=', template.id)
    .where('desired_state', '<>', 'Expunged')
    .executeTakeFirstOrThrow();
  if (Number(count) > 0)
    throw refused(
      `Unable to delete template ${template.name} because ${count} instances are using it; forced=true deletes it nevertheless`,
    );
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
