import { IsolaError } from '@isola/model';

export const untagged = 'untagged';
const largestTag = 4094;

/** `untagged`, or the tag that `100` or `vlan://100` names. 431 for anything else. */
export function checkedVlan(text: string | undefined): string {
  const [, value = ''] = /^(?:vlan:\/\/)?(untagged|\d{1,4})$/i.exec(text ?? untagged) ?? [];
  if (value.toLowerCase() === untagged) return untagged;
  const tag = Number(value);
  if (value === '' || tag < 1 || tag > largestTag)
    throw new IsolaError('refused_value', {
      reason: `vlan ${text} is not a VLAN tag from 1 to ${largestTag}, or untagged`,
    });
  return String(tag);
}
