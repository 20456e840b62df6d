import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { EventRow } from '../../store/schema.ts';

interface NamedEvent extends EventRow {
  readonly account: string | null;
  readonly is_project: boolean | null;
  readonly username: string | null;
  readonly domain: string | null;
  readonly domain_path: string | null;
}

/** An event as the API shows it. */
export function eventResponse(event: NamedEvent): ResultOf<'listEvents'>['items'][number] {
  return {
    id: event.id,
    type: event.type,
    level: event.level,
    state: event.state,
    description: event.description,
    created: event.created,
    archived: event.archived,
    domainid: event.domain_id,
    ...ownedBy(event),
    ...(event.username === null ? {} : { username: event.username }),
    ...(event.domain === null ? {} : { domain: event.domain }),
    ...(event.domain_path === null ? {} : { domainpath: event.domain_path }),
    ...(event.start_id === null ? {} : { parentid: event.start_id }),
    ...(event.resource_id === null ? {} : { resourceid: event.resource_id }),
    ...(event.resource_name === null ? {} : { resourcename: event.resource_name }),
    ...(event.resource_type === null ? {} : { resourcetype: event.resource_type }),
  };
}
