/** Free details as they are stored, from `accountdetails[0].name=value` or `accountdetails[0].key=..&accountdetails[0].value=..`. */
export function detailsOf(
  maps: readonly Readonly<Record<string, string>>[] | undefined,
): Record<string, string> {
  const details: Record<string, string> = {};
  for (const map of maps ?? []) {
    const { key, value } = map;
    if (key !== undefined && value !== undefined) details[key] = value;
    else Object.assign(details, map);
  }
  return details;
}
