import type { ResultOf } from '@isola/api';
import type { SettingEntry } from './entry.ts';
import { groupOf } from './group.ts';
import type { Scope } from './scope.ts';

interface Shown {
  /** As it is stored; `null` when nobody set it. */
  readonly stored: string | null;
  readonly scope: Scope | 'global';
}

/** A setting as the API shows it. */
export function settingResponse(
  entry: SettingEntry,
  { stored, scope }: Shown,
): ResultOf<'updateConfiguration'> {
  return {
    name: entry.name,
    category: entry.category,
    component: 'management-server',
    ...groupOf(entry.name),
    displaytext: entry.name.replaceAll('.', ' '),
    description: entry.description,
    isdynamic: true,
    scope,
    id: entry.id,
    type: entry.type,
    value: stored === null ? entry.defaultValue : entry.show(stored),
    defaultvalue: entry.defaultValue,
    ...(entry.parent === null ? {} : { parent: entry.parent }),
  };
}
