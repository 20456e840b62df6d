import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { templateEntity } from '../entities/template.ts';
import { templatePermissionEntity } from '../entities/template-permission.ts';
import { param, required } from '../param.ts';
import { ownerParams, pageParams, scopeParams, tagParams } from './common.ts';

const formats = ['QCOW2', 'RAW', 'TAR'] as const;
const types = ['USER', 'SYSTEM', 'ROUTING'] as const;

export const listTemplates = defineCommand({
  name: 'listTemplates',
  description: 'Lists templates that instances can be made from',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    details: param.list('Parts to answer: all or min'),
    extensionid: param.id('Show only templates of this extension; there are none'),
    forcks: param.flag('Show only templates that are (or are not) for Kubernetes clusters'),
    hypervisor: param.text('Show only templates for this hypervisor'),
    id: param.id('Show only this template'),
    ids: param.ids('Show only these templates'),
    imagestoreid: param.id('Show only templates in this image store; for the root administrator'),
    isready: param.flag('Show only templates that are (or are not) ready for use'),
    name: param.text('Show only the template of this name'),
    oscategoryid: param.id('Show only templates of this category of operating systems'),
    parenttemplateid: param.id('Show only templates that belong to this one; there are none'),
    showremoved: param.flag('Whether to show deleted ones too; nothing of them is kept'),
    showunique: param.flag('Whether to show each only once; each is in one zone'),
    storageid: param.id('Show only templates on this storage pool; there are none'),
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
  response: templateEntity,
  shape: 'list',
});

export const registerTemplate = defineCommand({
  name: 'registerTemplate',
  description: 'Registers a template, whose file the server then downloads',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    checksum: param.text('What the file must hash to: {SHA-256}hex, or hex of another length'),
    details: param.map('Free details: details[0].name=value'),
    displaytext: param.text('Text shown for it; its name when not given', { length: 4096 }),
    format: param.text('Format of the file: QCOW2 or RAW for KVM, TAR for LXC', {
      required: true,
      values: formats,
    }),
    hypervisor: param.text('Hypervisor it is for', {
      required: true,
      values: ['KVM', 'LXC', 'Simulator'],
    }),
    isextractable: param.flag('Whether it can be downloaded'),
    isfeatured: param.flag('Whether it is recommended; for the root administrator'),
    ispublic: param.flag('Whether everybody may use it'),
    isrouting: param.flag('Whether routers are made of it; for the root administrator'),
    name: param.text('Name of the template', required),
    ostypeid: param.id('Its operating system, of those that listOsTypes lists'),
    passwordenabled: param.flag('Whether it sets a password at first start'),
    templatetype: param.text('Type; SYSTEM is for the root administrator', { values: types }),
    url: param.text('Where the file is: http, https or, for the root administrator, file', {
      required: true,
      length: 2048,
    }),
    zoneid: param.id('Zone of the template'),
    zoneids: param.ids('Zone of the template, as a list of one'),
  },
  refused: [
    'bits',
    'deployasis',
    'directdownload',
    'extensionid',
    'externaldetails',
    'forcks',
    'isdynamicallyscalable',
    'requireshvm',
    'sshkeyenabled',
    'templatetag',
  ],
  response: templateEntity,
  shape: 'list',
  event: 'TEMPLATE.CREATE',
});

export const updateTemplate = defineCommand({
  name: 'updateTemplate',
  description: 'Changes what is said of a template',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    cleanupdetails: param.flag('Whether all details are removed'),
    details: param.map('Free details, in place of those of before: details[0].name=value'),
    displaytext: param.text('New text', { length: 4096 }),
    id: param.id('Id of the template', required),
    name: param.text('New name'),
    ostypeid: param.id('Its operating system, of those that listOsTypes lists'),
    passwordenabled: param.flag('Whether it sets a password at first start'),
  },
  refused: [
    'bootable',
    'forceupdateostype',
    'forcks',
    'format',
    'isdynamicallyscalable',
    'isrouting',
    'requireshvm',
    'sortkey',
    'sshkeyenabled',
    'templatetag',
    'templatetype',
  ],
  response: templateEntity,
  shape: 'one',
  event: 'TEMPLATE.UPDATE',
});

export const deleteTemplate = defineCommand({
  name: 'deleteTemplate',
  description: 'Deletes a template; hosts keep their copies while disks stand on them',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    forced: param.flag('Whether it is deleted although instances were made of it'),
    id: param.id('Id of the template', required),
    issystem: param.flag('Must be true for a system template'),
    zoneid: param.id('Zone to delete it from: its own'),
  },
  response: successEntity,
  shape: 'success',
  event: 'TEMPLATE.DELETE',
});

export const prepareTemplate = defineCommand({
  name: 'prepareTemplate',
  description: 'Copies a template to the hosts of a zone before they need it',
  async: false,
  roles: ['Root Admin'],
  params: {
    templateid: param.id('Id of the template', required),
    zoneid: param.id('Zone whose hosts are to have it', required),
  },
  refused: ['storageid'],
  response: templateEntity,
  shape: 'one',
});

export const listTemplatePermissions = defineCommand({
  name: 'listTemplatePermissions',
  description: 'Shows who may use a template',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the template', required),
  },
  response: templatePermissionEntity,
  shape: 'one',
});

export const updateTemplatePermissions = defineCommand({
  name: 'updateTemplatePermissions',
  description: 'Changes who may use a template',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the template', required),
    isextractable: param.flag('Whether it can be downloaded'),
    isfeatured: param.flag('Whether it is recommended; for the root administrator'),
    ispublic: param.flag('Whether everybody may use it'),
  },
  refused: ['accounts', 'op', 'projectids'],
  response: successEntity,
  shape: 'success',
  event: 'TEMPLATE.UPDATE',
});
