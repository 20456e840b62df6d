const full =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;
const dayOnly = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A point in time as CloudStack's clients read it: `2026-11-22T04:21:13+0000`. */
export function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+0000`;
}

/**
 * Reads `2026-11-22`, `2026-11-22 04:21:13` and `2026-11-22T04:21:13` with `Z`, `+0000`, `+00:00` or nothing (UTC).
 * A day without a time is its first second, or its last one when `endOfDay`. Gives undefined for anything else.
 */
export function parseDate(text: string, endOfDay = false): Date | undefined {
  const day = dayOnly.exec(text);
  const time = day === null ? full.exec(text) : null;
  const parts = day ?? time;
  if (parts === null) return undefined;
  const [, year = '', month = '', dayOfMonth = ''] = parts;
  const clock =
    time === null ? (endOfDay ? '23:59:59' : '00:00:00') : `${time[4]}:${time[5]}:${time[6]}`;
  const utc = new Date(`${year}-${month}-${dayOfMonth}T${clock}Z`);
  // `Date` accepts 31 February and hour 24 and moves on; such a text is not a date.
  if (Number.isNaN(utc.getTime())) return undefined;
  if (utc.toISOString().slice(0, 19) !== `${year}-${month}-${dayOfMonth}T${clock}`)
    return undefined;
  const offset = offsetMinutes(time?.[7]);
  return offset === undefined ? undefined : new Date(utc.getTime() - offset * 60_000);
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
