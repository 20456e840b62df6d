import type { ResultOf } from '@isola/api';
import { type SettingName, settingNames, settingRegistry } from './registry.ts';

/** A setting as the API shows it. */
export function settingResponse(name: SettingName, value: number): ResultOf<'updateConfiguration'> {
  const definition = settingRegistry[name];
  return {
    id: settingNames.indexOf(name) + 1,
    name,
    category: definition.category,
    component: 'management-server',
    group: 'Management Server',
    subgroup: definition.category,
    displaytext: name.replaceAll('.', ' '),
    description: definition.description,
    type: 'Number',
    value: String(value),
    defaultvalue: String(definition.default),
    isdynamic: true,
    scope: 'global',
  };
}
