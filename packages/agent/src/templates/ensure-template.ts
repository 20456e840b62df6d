import type { TemplateSpec } from '@isola/agent-protocol';
import type { Host } from '../host-state.ts';

/** Gives the host the template, unless it is an image that the host made itself. */
export async function ensureTemplate(host: Host, template: TemplateSpec): Promise<void> {
  if (!imagesOf(host).includes(template.checksum)) await host.templates.ensure(template);
}

/** Checksums of the images that the host made itself. */
export function imagesOf({ hypervisor: { images } }: Host): readonly string[] {
  return images === null
    ? []
    : [images.router, ...images.templates].map(({ checksum }) => checksum);
}
