import type { Installation } from '@isola/model';
import type { Logger } from 'pino';

/** What the agent needs of an installation's settings. */
export interface AgentOptions extends Pick<Installation, 'home' | 'imagesFolder'> {
  readonly publicNetwork: Pick<Installation['publicNetwork'], 'cidr' | 'gateway' | 'uplink'>;
  readonly logger: Logger;
}
