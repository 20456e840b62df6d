import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import { type SettingEntry, settingEntries, settingEntry } from './entry.ts';
import { groupOf } from './group.ts';
import { type Place, placeOf } from './place.ts';
import { forgetValue, storedValues, storeValue } from './repository.ts';
import { settingResponse } from './response.ts';
import { settableAt } from './scope.ts';

export const settingCommands = {
  listConfigurations: {
    kind: 'sync',
    async run(call, params) {
      const place = await placeOf(call, params);
      const found = settingEntries.filter(
        entry =>
          matches(params.name, entry.name) &&
          matches(params.category, entry.category) &&
          matches(params.group, groupOf(entry.name).group) &&
          matches(params.subgroup, groupOf(entry.name).subgroup) &&
          matches(params.parent, entry.parent ?? '') &&
          entry.name.includes((params.keyword ?? '').toLowerCase()) &&
          (place === null || isSettable(entry, place)),
      );
      const shown = pageOfList(call, found, params);
      const stored = await storedValues(call.tx, place);
      return { count: shown.count, items: shown.rows.map(entry => shownAt(entry, place, stored)) };
    },
  },
  updateConfiguration: {
    kind: 'sync',
    async run(call, params) {
      const { entry, place } = named(params.name, await placeOf(call, params));
      if (params.value === undefined) return reset(call, entry, place);
      const parsed = entry.parse(params.value);
      if ('refusal' in parsed) throw refused(parsed.refusal);
      await storeValue(call.tx, place, { name: entry.name, value: parsed.stored });
      call.settingsChanged();
      return shownAt(entry, place, await storedValues(call.tx, place));
    },
  },
  resetConfiguration: {
    kind: 'sync',
    async run(call, params) {
      const { entry, place } = named(params.name, await placeOf(call, params));
      return reset(call, entry, place);
    },
  },
} satisfies Partial<Handlers>;

/** The setting that a command means. 431 when there is none, or it has no values of its own for such places. */
function named(name: string, place: Place | null) {
  const entry = settingEntry(name);
  if (entry === undefined) throw refused(`Config parameter with name ${name} doesn't exist`);
  if (place !== null && !isSettable(entry, place))
    throw refused(`Invalid scope id provided for the parameter ${name}`);
  return { entry, place };
}

async function reset(call: Call, entry: SettingEntry, place: Place | null) {
  await forgetValue(call.tx, place, entry.name);
  call.settingsChanged();
  return shownAt(entry, place, await storedValues(call.tx, place));
}

function shownAt(entry: SettingEntry, place: Place | null, stored: ReadonlyMap<string, string>) {
  return settingResponse(entry, {
    stored: stored.get(entry.name) ?? null,
    scope: place?.scope ?? 'global',
  });
}

function isSettable(entry: SettingEntry, place: Place): boolean {
  return entry.scope !== null && settableAt(entry.scope).includes(place.scope);
}

function matches(wanted: string | undefined, text: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === text.toLowerCase();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
