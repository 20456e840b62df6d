import { IsolaError } from '@isola/model';
import type { Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import {
  isSettingName,
  parseSetting,
  settingNames,
  settingRegistry,
  settingText,
} from './registry.ts';
import { settingGroup, settingResponse } from './response.ts';
import { setting, settingsChanged } from './value.ts';

export const settingCommands = {
  listConfigurations: {
    kind: 'sync',
    async run(call, params) {
      const found = settingNames.filter(
        name =>
          matches(params.name, name) &&
          matches(params.category, settingRegistry[name].category) &&
          matches(params.group, settingGroup) &&
          matches(params.subgroup, settingRegistry[name].category) &&
          name.includes((params.keyword ?? '').toLowerCase()),
      );
      const shown = pageOfList(call, found, params);
      const items = await Promise.all(
        shown.rows.map(async name => settingResponse(name, await setting(call.tx, name))),
      );
      return { count: shown.count, items };
    },
  },
  updateConfiguration: {
    kind: 'sync',
    async run(call, params) {
      const { name } = params;
      if (!isSettingName(name))
        throw new IsolaError('refused_value', {
          reason: `Config parameter with name ${name} doesn't exist`,
        });
      const value = params.value ?? settingText(name, settingRegistry[name].default);
      const parsed = parseSetting(name, value);
      if ('refusal' in parsed) throw new IsolaError('refused_value', { reason: parsed.refusal });
      await call.tx
        .insertInto('settings')
        .values({ name, value: String(parsed.value) })
        .onConflict(conflict =>
          conflict.column('name').doUpdateSet({ value: String(parsed.value) }),
        )
        .execute();
      settingsChanged();
      return settingResponse(name, parsed.value);
    },
  },
} satisfies Partial<Handlers>;

function matches(wanted: string | undefined, text: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === text.toLowerCase();
}
