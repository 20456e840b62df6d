import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import {
  isSettingName,
  parseSetting,
  type SettingName,
  settingNames,
  settingRegistry,
  settingText,
} from './registry.ts';
import { settingGroup, settingResponse, textSettingResponse } from './response.ts';
import {
  isTextSettingName,
  type TextSettingName,
  textSettingNames,
  textSettingRegistry,
} from './text-registry.ts';
import { setting, settingsChanged, textSetting } from './value.ts';

const registry = { ...settingRegistry, ...textSettingRegistry };

export const settingCommands = {
  listConfigurations: {
    kind: 'sync',
    async run(call, params) {
      const found = [...settingNames, ...textSettingNames].filter(
        name =>
          matches(params.name, name) &&
          matches(params.category, registry[name].category) &&
          matches(params.group, settingGroup) &&
          matches(params.subgroup, registry[name].category) &&
          name.includes((params.keyword ?? '').toLowerCase()),
      );
      const shown = pageOfList(call, found, params);
      const items = await Promise.all(
        shown.rows.map(async name =>
          isTextSettingName(name)
            ? textSettingResponse(name, await textSetting(call.tx, name))
            : settingResponse(name, await setting(call.tx, name)),
        ),
      );
      return { count: shown.count, items };
    },
  },
  updateConfiguration: {
    kind: 'sync',
    run(call, params) {
      const { name } = params;
      if (isSettingName(name)) return updateNumber(call, name, params);
      if (isTextSettingName(name)) return updateText(call, name, params);
      throw refused(`Config parameter with name ${name} doesn't exist`);
    },
  },
} satisfies Partial<Handlers>;

type Update = ParamsOf<'updateConfiguration'>;

async function updateNumber(call: Call, name: SettingName, params: Update) {
  const text = params.value ?? settingText(name, settingRegistry[name].default);
  const parsed = parseSetting(name, text);
  if ('refusal' in parsed) throw refused(parsed.refusal);
  await store(call, name, String(parsed.value));
  return settingResponse(name, parsed.value);
}

async function updateText(call: Call, name: TextSettingName, params: Update) {
  const definition = textSettingRegistry[name];
  const value = (params.value ?? definition.default).trim();
  const refusal = definition.refusal(value);
  if (refusal !== null) throw refused(`${name}: ${refusal}`);
  await store(call, name, value);
  return textSettingResponse(name, value);
}

async function store(call: Call, name: string, value: string): Promise<void> {
  await call.tx
    .insertInto('settings')
    .values({ name, value })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
    .execute();
  settingsChanged();
}

function matches(wanted: string | undefined, text: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === text.toLowerCase();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
