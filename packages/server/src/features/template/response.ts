import { createHash } from 'node:crypto';
import type { ResultOf } from '@isola/api';
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
    ostypeid: osTypeId(template.os_type),
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
    details: {},
    tags: [],
  };
}

/** An id of the operating system's name, the same in every installation. */
function osTypeId(name: string): string {
  const hex = createHash('sha256').update(`ostype ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
