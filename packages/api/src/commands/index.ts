import type { DecodedParams, ResultOfDefinition } from '../define.ts';
import * as account from './account.ts';
import * as affinityGroup from './affinity-group.ts';
import * as alert from './alert.ts';
import * as annotation from './annotation.ts';
import * as apiLimit from './api-limit.ts';
import * as capacity from './capacity.ts';
import * as cluster from './cluster.ts';
import * as discovery from './discovery.ts';
import * as diskOffering from './disk-offering.ts';
import * as domain from './domain.ts';
import * as egressFirewall from './egress-firewall.ts';
import * as event from './event.ts';
import * as firewall from './firewall.ts';
import * as guestVlan from './guest-vlan.ts';
import * as host from './host.ts';
import * as hostToken from './host-token.ts';
import * as imageStore from './image-store.ts';
import * as instance from './instance.ts';
import * as instanceChange from './instance-change.ts';
import * as instanceGroup from './instance-group.ts';
import * as job from './job.ts';
import * as managementServer from './management-server.ts';
import * as network from './network.ts';
import * as networkOffering from './network-offering.ts';
import * as networkPermission from './network-permission.ts';
import * as networkProvider from './network-provider.ts';
import * as nic from './nic.ts';
import * as osType from './os-type.ts';
import * as physicalNetwork from './physical-network.ts';
import * as pod from './pod.ts';
import * as portForwarding from './port-forwarding.ts';
import * as project from './project.ts';
import * as publicAddress from './public-address.ts';
import * as quarantinedIp from './quarantined-ip.ts';
import * as region from './region.ts';
import * as resourceDetail from './resource-detail.ts';
import * as resourceLimit from './resource-limit.ts';
import * as role from './role.ts';
import * as router from './router.ts';
import * as serviceOffering from './service-offering.ts';
import * as session from './session.ts';
import * as setting from './setting.ts';
import * as simulator from './simulator.ts';
import * as sshKeyPair from './ssh-key-pair.ts';
import * as staticNat from './static-nat.ts';
import * as storageNetwork from './storage-network.ts';
import * as storagePool from './storage-pool.ts';
import * as tag from './tag.ts';
import * as template from './template.ts';
import * as usage from './usage.ts';
import * as user from './user.ts';
import * as userData from './user-data.ts';
import * as vlanIpRange from './vlan-ip-range.ts';
import * as volume from './volume.ts';
import * as webhook from './webhook.ts';
import * as zone from './zone.ts';

/** Every command of the contract, by name. */
export const commands = {
  ...session,
  ...discovery,
  ...job,
  ...account,
  ...user,
  ...domain,
  ...role,
  ...resourceDetail,
  ...resourceLimit,
  ...region,
  ...zone,
  ...pod,
  ...storageNetwork,
  ...storagePool,
  ...cluster,
  ...annotation,
  ...apiLimit,
  ...capacity,
  ...host,
  ...physicalNetwork,
  ...networkProvider,
  ...vlanIpRange,
  ...guestVlan,
  ...setting,
  ...imageStore,
  ...template,
  ...osType,
  ...serviceOffering,
  ...diskOffering,
  ...networkOffering,
  ...network,
  ...networkPermission,
  ...hostToken,
  ...instance,
  ...instanceChange,
  ...instanceGroup,
  ...userData,
  ...volume,
  ...affinityGroup,
  ...nic,
  ...sshKeyPair,
  ...project,
  ...publicAddress,
  ...quarantinedIp,
  ...firewall,
  ...egressFirewall,
  ...portForwarding,
  ...staticNat,
  ...router,
  ...tag,
  ...event,
  ...alert,
  ...simulator,
  ...usage,
  ...managementServer,
  ...webhook,
} as const;

export type CommandName = keyof typeof commands;
export type ParamsOf<N extends CommandName> = DecodedParams<(typeof commands)[N]['params']>;
export type ResultOf<N extends CommandName> = ResultOfDefinition<(typeof commands)[N]>;
