import type { Lab } from './lab.ts';
import type { Row } from './row.ts';

/** One part of the bench. `name` selects it on the command line. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  /** Whether any user may run it: it makes nothing that needs root. */
  readonly unprivileged?: true;
  /** Measures; leaves nothing behind but what the lab keeps. */
  readonly run: (lab: Lab) => Promise<readonly Row[]>;
}
