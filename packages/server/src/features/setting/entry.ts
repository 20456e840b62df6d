import type { SettingDefinition } from './definition.ts';
import {
  isSettingName,
  parseSetting,
  parseStored,
  settingNames,
  settingRegistry,
  settingText,
} from './registry.ts';
import type { Scope } from './scope.ts';
import { isTextSettingName, textSettingNames, textSettingRegistry } from './text-registry.ts';

/** A setting of either kind, as the commands see it: values are texts. */
export interface SettingEntry {
  /** From 1 on, in the order of the registries. */
  readonly id: number;
  readonly name: string;
  readonly type: 'Boolean' | 'Number' | 'String';
  readonly category: string;
  readonly description: string;
  readonly defaultValue: string;
  readonly scope: Scope | null;
  readonly parent: string | null;
  /** The text to store for what was given, or why it is refused. */
  parse(text: string): { readonly stored: string } | { readonly refusal: string };
  /** A stored text as it is shown. */
  show(stored: string): string;
}

const names = [...settingNames, ...textSettingNames];

/** Every setting, in the order of the registries. */
export const settingEntries: readonly SettingEntry[] = names.map((name, at) => {
  const common = { id: at + 1, name };
  if (isTextSettingName(name)) {
    const { category, description, default: defaultValue, refusal } = textSettingRegistry[name];
    return {
      ...common,
      type: 'String',
      category,
      description,
      defaultValue,
      scope: null,
      parent: null,
      parse(text) {
        const reason = refusal(text.trim());
        return reason === null ? { stored: text.trim() } : { refusal: `${name}: ${reason}` };
      },
      show: stored => stored,
    };
  }
  const definition: SettingDefinition = settingRegistry[name];
  return {
    ...common,
    type: definition.type ?? 'Number',
    category: definition.category,
    description: definition.description,
    defaultValue: settingText(name, definition.default),
    scope: definition.scope ?? null,
    parent: definition.parent ?? null,
    parse(text) {
      const parsed = parseSetting(name, text);
      return 'refusal' in parsed ? parsed : { stored: String(parsed.value) };
    },
    show: stored => settingText(name, parseStored(name, stored) ?? definition.default),
  };
});

/** The setting of that name. */
export function settingEntry(name: string): SettingEntry | undefined {
  return isSettingName(name) || isTextSettingName(name)
    ? settingEntries.find(entry => entry.name === name)
    : undefined;
}
