import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildEpoch } from '../debian.ts';

/** A Debian package of a tree, with the licences that its copyright file names. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly licences: readonly string[];
}

/** The software bill of materials of a template: CycloneDX 1.5, JSON. The same tree gives the same text. */
export async function encodeSbom({
  name,
  version,
  checksum,
  root,
}: {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
  readonly root: string;
}): Promise<string> {
  const components = await componentsOf(root);
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(buildEpoch * 1000).toISOString(),
      component: {
        type: 'operating-system',
        'bom-ref': name,
        name,
        version,
        hashes: [{ alg: 'SHA-256', content: checksum }],
      },
    },
    components: components.map(component => {
      const purl = purlOf(component);
      return {
        type: 'library',
        'bom-ref': purl,
        name: component.name,
        version: component.version,
        ...(component.licences.length === 0
          ? {}
          : { licenses: component.licences.map(licence => ({ license: { name: licence } })) }),
        purl,
      };
    }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function purlOf({ name, version, architecture }: Component): string {
  const text = encodeURIComponent;
  return `pkg:deb/debian/${text(name)}@${text(version)}?arch=${text(architecture)}`;
}

async function componentsOf(root: string): Promise<readonly Component[]> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  const components: Component[] = [];
  for (const paragraph of status.split('\n\n')) {
    const field = (key: string): string | undefined =>
      new RegExp(`^${key}: (.+)$`, 'm').exec(paragraph)?.[1];
    const [name, version, architecture] = [
      field('Package'),
      field('Version'),
      field('Architecture'),
    ];
    if (name === undefined || version === undefined || architecture === undefined) continue;
    components.push({ name, version, architecture, licences: await licencesOf(root, name) });
  }
  return components.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The licences of a copyright file in Debian's machine-readable form; none for one in another form. */
async function licencesOf(root: string, name: string): Promise<readonly string[]> {
  const path = join(root, 'usr/share/doc', name, 'copyright');
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!/^Format: .*copyright-format/m.test(text)) return [];
  const names = [...text.matchAll(/^License: *(\S.*)$/gm)].flatMap(([, found]) => found ?? []);
  return [...new Set(names.map(found => found.trim()))].toSorted();
}
