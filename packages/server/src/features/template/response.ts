import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { AccountRow, TemplateRow, TemplateStoreRow } from '../../store/schema.ts';
import { osTypeId } from '../os-type/os-types.ts';
import { type TagOfOwner, tagResponse } from '../tag/load.ts';

export interface OwnedTemplate extends TemplateRow {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain_id: string;
  readonly domain: string;
  readonly domain_path: string;
  readonly zone: string;
  readonly tags: readonly TagOfOwner[] | null;
}

/** Where a template is. */
export interface TemplatePlaces {
  readonly stores: readonly (TemplateStoreRow & { readonly store: string })[];
  readonly hosts: readonly {
    readonly host_id: string;
    readonly host: string;
    readonly state: string;
    readonly error: string | null;
  }[];
}

export type TemplateEntity = ResultOf<'listTemplates'>['items'][number];

/** A template as the API shows it. Only root administrators see which stores and hosts have it. */
export function templateResponse(
  template: OwnedTemplate,
  { stores, hosts }: TemplatePlaces,
  role: AccountRow['role'],
): TemplateEntity {
  const root = role === 'Root Admin';
  return {
    id: template.id,
    name: template.name,
    displaytext: template.display_text,
    ...ownedBy(template),
    accountid: template.account_id,
    domainid: template.domain_id,
    domain: template.domain,
    domainpath: template.domain_path,
    zoneid: template.zone_id,
    zonename: template.zone,
    hypervisor: template.hypervisor,
    format: template.format,
    templatetype: template.type,
    ostypeid: osTypeId(template.os_type),
    ostypename: template.os_type,
    size: template.size_bytes,
    physicalsize: template.format === 'ROOTFS' ? template.size_bytes : template.file_bytes,
    ...(template.checksum === '' ? {} : { checksum: template.checksum }),
    ...(template.url === null || !root ? {} : { url: template.url }),
    created: template.created,
    ...progressOf(template, stores),
    downloaddetails: [
      ...stores.map(copy => ({
        downloadPercent: String(copy.download_percent),
        downloadState: copy.download_state,
        ...(root
          ? { datastore: copy.store, datastoreId: copy.store_id, datastoreRole: 'Image' }
          : {}),
        ...(root && copy.error !== null ? { error: copy.error } : {}),
      })),
      ...(root ? hosts : []).map(copy => ({
        host: copy.host,
        hostId: copy.host_id,
        state: copy.state,
        ...(copy.error === null ? {} : { error: copy.error }),
      })),
    ],
    ispublic: template.is_public,
    isfeatured: template.is_featured,
    isextractable: template.is_extractable,
    isdynamicallyscalable: false,
    crossZones: false,
    bootable: true,
    requireshvm: false,
    passwordenabled: template.password_enabled,
    sshkeyenabled: true,
    directdownload: false,
    deployasis: false,
    details: template.details,
    tags: (template.tags ?? []).map(tagResponse),
  };
}

/** `isready` and CloudStack's words for what is missing. */
function progressOf(
  template: TemplateRow,
  stores: TemplatePlaces['stores'],
): { readonly isready: boolean; readonly status: string } {
  if (template.format === 'ROOTFS' || stores.some(copy => copy.state === 'Ready'))
    return { isready: true, status: 'Download Complete' };
  const [copy] = stores;
  if (copy === undefined) return { isready: false, status: 'No image store' };
  if (copy.error !== null) return { isready: false, status: copy.error };
  if (copy.download_state !== 'DOWNLOAD_IN_PROGRESS')
    return { isready: false, status: copy.download_state };
  const status =
    copy.download_percent === 100 ? 'Installing Template' : `${copy.download_percent}% Downloaded`;
  return { isready: false, status };
}
