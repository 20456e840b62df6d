import type { ResultOf } from '@isola/api';
import {
  isFlag,
  type SettingName,
  settingNames,
  settingRegistry,
  settingText,
} from './registry.ts';
import { type TextSettingName, textSettingNames, textSettingRegistry } from './text-registry.ts';

/** All settings are the server's own. */
export const settingGroup = 'Management Server';

/** A setting as the API shows it. */
export function settingResponse(name: SettingName, value: number): ResultOf<'updateConfiguration'> {
  const definition = settingRegistry[name];
  return {
    ...common(name, definition),
    id: settingNames.indexOf(name) + 1,
    type: isFlag(name) ? 'Boolean' : 'Number',
    value: settingText(name, value),
    defaultvalue: settingText(name, definition.default),
  };
}

/** A text setting as the API shows it. */
export function textSettingResponse(
  name: TextSettingName,
  value: string,
): ResultOf<'updateConfiguration'> {
  const definition = textSettingRegistry[name];
  return {
    ...common(name, definition),
    id: settingNames.length + textSettingNames.indexOf(name) + 1,
    type: 'String',
    value,
    defaultvalue: definition.default,
  };
}

function common(
  name: string,
  { category, description }: { readonly category: string; readonly description: string },
) {
  return {
    name,
    category,
    component: 'management-server',
    group: settingGroup,
    subgroup: category,
    displaytext: name.replaceAll('.', ' '),
    description,
    isdynamic: true,
    scope: 'global',
  };
}
