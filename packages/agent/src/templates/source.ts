import type { Readable } from 'node:stream';

/** Where a host fetches templates from: the management server, over the network or in the same process. */
export interface TemplateSource {
  /** The file of a template from its first byte. Throws `template_unavailable`, or the stream ends with it. */
  open(templateId: string): Promise<Readable>;
}
