/** What a group asks of the hosts of its instances. The first two must be kept, the others are kept where there is room. */
export const affinityTypes = [
  'host anti-affinity',
  'host affinity',
  'non-strict host anti-affinity',
  'non-strict host affinity',
] as const;

export type AffinityType = (typeof affinityTypes)[number];

/** The type of that name in any letter case, or `undefined`. */
export function typeOfText(text: string): AffinityType | undefined {
  return affinityTypes.find(type => type === text.toLowerCase());
}
