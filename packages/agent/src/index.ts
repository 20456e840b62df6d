export { downloadProgram } from '@isola/agent-protocol';
export { createLocalAgent, type LocalAgent } from './agent.ts';
export { usesAppArmor } from './host/apparmor.ts';
export type { HostCheck } from './host/check.ts';
export { hostChecks } from './host/checks.ts';
export { controlGroupView } from './host/control-groups.ts';
export type { AgentOptions, HostPublicNetwork } from './host/options.ts';
export { prepareHost } from './host/prepare.ts';
export { type TeardownOptions, teardownHost } from './host/teardown.ts';
export { readyHypervisor } from './hypervisors/ready.ts';
export { openImageStores } from './image-stores/image-stores.ts';
export {
  buildImages,
  forgetImages,
  type ImageOptions,
  type ImageProgress,
} from './images/build.ts';
export { ImageUnavailableError } from './images/debian.ts';
export { type PayloadEntry, readPackages, readPayload } from './images/payload.ts';
export { containerInputs } from './images/recipes.ts';
export { builtTemplates, hasTemplate } from './images/vm/built-templates.ts';
export {
  buildGuestTemplate,
  buildLargerGuestTemplate,
  type GuestAdditions,
} from './images/vm/guest.ts';
export { buildSystemTemplate, systemTemplateInputs } from './images/vm/system.ts';
export { type BuiltTemplate, type TemplateOptions } from './images/vm/template.ts';
export { sshInstaller } from './install-host/install-host.ts';
export { usualLimitMs as isolationLimitMs } from './isolation/watch.ts';
export {
  addressTowards,
  type JoinedAgent,
  type JoinedOptions,
  joinAsHost,
  openJoinedAgent,
  standingOf,
} from './joined/joined-agent.ts';
export { installationId } from './names.ts';
export { type Bundle, bundleProgram } from './process/bundle.ts';
export type { TemplateSource } from './templates/source.ts';
