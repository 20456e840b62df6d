/** What a figure should be, in its own unit. */
export type Aim = { readonly below: number } | { readonly atLeast: number };

/** One figure of a section, with what it is compared to in the same run. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** More of the same figure: spread, number of samples. */
  readonly also?: string;
  /** In the same unit. */
  readonly baseline?: { readonly what: string; readonly value: number };
  readonly aim?: Aim;
}

/** Whether a figure is as it should be; `null` without an aim. */
export function verdict({ value, aim }: Row): 'met' | 'missed' | null {
  if (aim === undefined) return null;
  const met = 'below' in aim ? value < aim.below : value >= aim.atLeast;
  return met ? 'met' : 'missed';
}

/** Three significant digits, thousands kept whole: `0.213`, `45.1`, `19,800`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
}
