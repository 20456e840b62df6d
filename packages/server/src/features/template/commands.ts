import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import {
  accessibleProject,
  identified,
  listScope,
  requireOwner,
  unknownId,
} from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { accountsInScope } from '../account/repository.ts';
import { osTypes } from '../os-type/os-types.ts';
import { hasTags } from '../tag/filter.ts';
import {
  deleteTemplate,
  prepareTemplate,
  updateTemplate,
  updateTemplatePermissions,
} from './change.ts';
import { registerTemplate } from './register.ts';
import { isReady, selectTemplates, templateResponses } from './repository.ts';

export const templateCommands = {
  listTemplates: {
    kind: 'sync',
    async run(call, params) {
      let query = selectTemplates(call.tx)
        .where(await visible(call, params))
        .where(hasTags('Template', params.tags))
        // As in CloudStack: system templates are shown where they are asked for.
        .where(
          sql<SqlBool>`(templates.type <> 'SYSTEM' or ${params.templatetype?.toUpperCase() === 'SYSTEM' || params.id !== undefined})`,
        )
        .orderBy('templates.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'templates'));
      if (params.ids !== undefined) {
        const clauses = params.ids.map(id => identified(id, 'templates'));
        query = query.where(eb => eb.or(clauses));
      }
      if (params.name !== undefined) query = query.where('templates.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('templates.name', params.keyword));
      if (params.hypervisor !== undefined)
        query = query.where(
          sql<SqlBool>`lower(templates.hypervisor) = lower(${params.hypervisor})`,
        );
      if (params.templatetype !== undefined)
        query = query.where(sql<SqlBool>`lower(templates.type) = lower(${params.templatetype})`);
      if (params.zoneid !== undefined) query = query.where(identified(params.zoneid, 'zones'));
      if (params.isready !== undefined)
        query = query.where(params.isready ? isReady : sql<SqlBool>`not ${isReady}`);
      if (params.oscategoryid !== undefined) {
        const named = osTypes.filter(type => type.category.id === params.oscategoryid);
        query = query.where(
          sql<SqlBool>`templates.os_type = any(${named.map(type => type.name)}::text[])`,
        );
      }
      // No template has any of these.
      if (
        [params.extensionid, params.parenttemplateid, params.storageid].some(
          id => id !== undefined,
        ) ||
        params.forcks === true
      )
        query = query.where(sql<SqlBool>`false`);
      if (params.imagestoreid !== undefined)
        query = query.where(inStore(call, params.imagestoreid));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: await templateResponses(call, rows) };
    },
  },

  registerTemplate: {
    kind: 'sync',
    async run(call, params) {
      return { count: 1, items: [await registerTemplate(call, params)] };
    },
  },

  updateTemplate: { kind: 'sync', run: updateTemplate },

  deleteTemplate: {
    kind: 'job',
    begin: deleteTemplate,
    result: () => Promise.resolve({ success: true }),
  },

  prepareTemplate: { kind: 'sync', run: prepareTemplate },

  listTemplatePermissions: {
    kind: 'sync',
    async run(call, params) {
      const template = await selectTemplates(call.tx)
        .where(identified(params.id, 'templates'))
        .executeTakeFirst();
      if (template === undefined) throw unknownId(call, { parameter: 'id', id: params.id });
      if (!template.is_public) await requireOwner(call, template, `template ${template.id}`);
      return { id: template.id, ispublic: template.is_public, domainid: template.domain_id };
    },
  },

  updateTemplatePermissions: {
    kind: 'sync',
    async run(call, params) {
      await updateTemplatePermissions(call, params);
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

/** Which stores there are is for root administrators to know. */
function inStore(call: Call, storeId: string): Expression<SqlBool> {
  if (call.caller.account.role !== 'Root Admin')
    throw refused('imagestoreid is for root administrators');
  return sql<SqlBool>`exists (select 1 from template_stores join image_stores on image_stores.id = store_id
    where template_id = templates.id and ${identified(storeId, 'image_stores')})`;
}

/** What `templatefilter` shows to the caller. */
async function visible(
  call: Call,
  params: ParamsOf<'listTemplates'>,
): Promise<Expression<SqlBool>> {
  switch (params.templatefilter.toLowerCase()) {
    case 'featured':
      return sql<SqlBool>`templates.is_public and templates.is_featured`;
    case 'community':
      return sql<SqlBool>`templates.is_public and not templates.is_featured`;
    case 'executable': {
      const { id } =
        params.projectid === undefined || params.projectid === '-1'
          ? call.caller.account
          : await accessibleProject(call, params.projectid);
      return sql<SqlBool>`(templates.is_public or templates.account_id = ${id})`;
    }
    case 'self':
    case 'selfexecutable':
      return accountsInScope(await listScope(call, { ...params, id: undefined }));
    // Nothing can be shared with single accounts.
    case 'sharedexecutable':
    case 'shared':
      return sql<SqlBool>`false`;
    case 'all':
      if (call.caller.account.role === 'Root Admin') return sql<SqlBool>`true`;
      throw refused('templatefilter all is for root administrators');
    default:
      throw refused(`There is no templatefilter ${params.templatefilter}`);
  }
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
