import { derivedId } from '../../store/derived-id.ts';

export interface OsType {
  readonly id: string;
  readonly name: string;
  readonly category: OsCategory;
}

export interface OsCategory {
  readonly id: string;
  readonly name: string;
}

/** Operating systems that a template can be said to hold. Nothing depends on them; clients ask users to choose one. */
const names: Readonly<Record<string, readonly string[]>> = {
  Debian: [
    'Debian GNU/Linux 11 (64-bit)',
    'Debian GNU/Linux 12 (64-bit)',
    'Debian GNU/Linux 13 (64-bit)',
  ],
  Ubuntu: ['Ubuntu 22.04 LTS', 'Ubuntu 24.04 LTS'],
  'Red Hat': [
    'AlmaLinux 9',
    'CentOS Stream 9',
    'Fedora Linux (64 bit)',
    'Red Hat Enterprise Linux 9',
    'Rocky Linux 9',
  ],
  SUSE: ['openSUSE Leap 15 64-bit', 'SUSE Linux Enterprise Server 15 (64-bit)'],
  Windows: ['Windows 11 (64-bit)', 'Windows Server 2022 (64-bit)', 'Windows Server 2025 (64-bit)'],
  Unix: ['FreeBSD 14 (64-bit)', 'OpenBSD 7 (64-bit)'],
  Other: ['Other (64-bit)', 'Other Linux (64-bit)'],
};

/** What a template holds when nobody says so. */
export const defaultOsType = 'Other Linux (64-bit)';

export const osCategories: readonly OsCategory[] = Object.keys(names).map(name => ({
  id: derivedId('oscategory', name),
  name,
}));

export const osTypes: readonly OsType[] = osCategories.flatMap(category =>
  (names[category.name] ?? []).map(name => ({ id: osTypeId(name), name, category })),
);

/** The id that the API gives to an operating system of that name. */
export function osTypeId(name: string): string {
  return derivedId('ostype', name);
}
