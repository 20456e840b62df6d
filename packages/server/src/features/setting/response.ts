import type { ResultOf } from '@isola/api';
import {
  isFlag,
  type SettingName,
  settingNames,
  settingRegistry,
  settingText,
} from './registry.ts';

/** All settings are the server's own. */
export const settingGroup = 'Management Server';

/** A setting as the API shows it. */
export function settingResponse(name: SettingName, value: number): ResultOf<'updateConfiguration'> {
  const definition = settingRegistry[name];
  return {
    id: settingNames.indexOf(name) + 1,
    name,
    category: definition.category,
    component: 'management-server',
    group: settingGroup,
    subgroup: definition.category,
    displaytext: name.replaceAll('.', ' '),
    description: definition.description,
    type: isFlag(name) ? 'Boolean' : 'Number',
    value: settingText(name, value),
    defaultvalue: settingText(name, definition.default),
    isdynamic: true,
    scope: 'global',
  };
}
