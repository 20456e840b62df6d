import { defineCommand } from '../define.ts';
import { templateEntity } from '../entities/template.ts';
import { param } from '../param.ts';
import { pageParams, refusedOwner, scopeParams } from './common.ts';

export const listTemplates = defineCommand({
  name: 'listTemplates',
  description: 'Lists templates that instances can be made from',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    hypervisor: param.text('Show only templates for this hypervisor'),
    id: param.id('Show only this template'),
    ids: param.ids('Show only these templates'),
    isready: param.flag('Show only templates that are (or are not) ready for use'),
    name: param.text('Show only the template of this name'),
    templatefilter: param.text('Which templates to show', {
      required: true,
      values: [
        'featured',
        'self',
        'selfexecutable',
        'sharedexecutable',
        'executable',
        'community',
        'all',
      ],
    }),
    templatetype: param.text('Show only templates of this type, for example USER'),
    zoneid: param.id('Show only templates of this zone'),
  },
  refused: refusedOwner,
  response: templateEntity,
  shape: 'list',
});
