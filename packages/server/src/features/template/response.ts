import type { ResultOf } from '@isola/api';
import { derivedId } from '../../store/derived-id.ts';
import type { TemplateRow } from '../../store/schema.ts';

interface OwnedTemplate extends TemplateRow {
  readonly account: string;
  readonly domain_id: string;
  readonly domain: string;
  readonly domain_path: string;
  readonly zone: string;
}

/** A template as the API shows it. */
export function templateResponse(
  template: OwnedTemplate,
): ResultOf<'listTemplates'>['items'][number] {
  return {
    id: template.id,
    name: template.name,
    displaytext: template.display_text,
    account: template.account,
    accountid: template.account_id,
    domainid: template.domain_id,
    domain: template.domain,
    domainpath: template.domain_path,
    zoneid: template.zone_id,
    zonename: template.zone,
    hypervisor: template.hypervisor,
    format: template.format,
    templatetype: template.type,
    ostypeid: derivedId('ostype', template.os_type),
    ostypename: template.os_type,
    size: template.size_bytes,
    physicalsize: template.size_bytes,
    checksum: template.checksum,
    created: template.created,
    status: 'Download Complete',
    isready: true,
    ispublic: template.is_public,
    isfeatured: template.is_featured,
    isextractable: false,
    isdynamicallyscalable: false,
    crossZones: false,
    bootable: true,
    requireshvm: false,
    passwordenabled: false,
    sshkeyenabled: true,
    directdownload: false,
    deployasis: false,
    details: {},
    tags: [],
  };
}
