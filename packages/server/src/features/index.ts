import type { Handlers } from '../http/call.ts';
import { accountCommands } from './account/commands.ts';
import { accountStateCommands } from './account/state-commands.ts';
import { affinityGroupCommands } from './affinity-group/commands.ts';
import { alertCommands } from './alert/commands.ts';
import { annotationCommands } from './annotation/commands.ts';
import { apiLimitCommands } from './api-limit/commands.ts';
import { capacityCommands } from './capacity/commands.ts';
import { clusterCommands } from './cluster/commands.ts';
import { deploymentPlannerCommands } from './deployment-planner/commands.ts';
import { discoveryCommands } from './discovery/commands.ts';
import { diskOfferingCommands } from './disk-offering/commands.ts';
import { domainCommands } from './domain/commands.ts';
import { egressFirewallCommands } from './egress-firewall/commands.ts';
import { eventCommands } from './event/commands.ts';
import { firewallCommands } from './firewall/commands.ts';
import { guestVlanCommands } from './guest-vlan/commands.ts';
import { hostCommands } from './host/commands.ts';
import { hostTokenCommands } from './host-token/commands.ts';
import { imageStoreCommands } from './image-store/commands.ts';
import { instanceAccessCommands } from './instance/access-commands.ts';
import { instanceChangeCommands } from './instance/change-commands.ts';
import { instanceCommands } from './instance/commands.ts';
import { instanceGroupCommands } from './instance-group/commands.ts';
import { jobCommands } from './job/commands.ts';
import { managementServerCommands } from './management-server/commands.ts';
import { networkCommands } from './network/commands.ts';
import { networkOfferingCommands } from './network-offering/commands.ts';
import { networkPermissionCommands } from './network-permission/commands.ts';
import { networkProviderCommands } from './network-provider/commands.ts';
import { nicCommands } from './nic/commands.ts';
import { osTypeCommands } from './os-type/commands.ts';
import { physicalNetworkCommands } from './physical-network/commands.ts';
import { trafficTypeCommands } from './physical-network/traffic-commands.ts';
import { podCommands } from './pod/commands.ts';
import { portForwardingCommands } from './port-forwarding/commands.ts';
import { projectCommands } from './project/commands.ts';
import { projectMemberCommands } from './project/member-commands.ts';
import { publicAddressCommands } from './public-address/commands.ts';
import { publicRangeCommands } from './public-range/commands.ts';
import { quarantinedIpCommands } from './quarantined-ip/commands.ts';
import { regionCommands } from './region/commands.ts';
import { resourceDetailCommands } from './resource-detail/commands.ts';
import { resourceLimitCommands } from './resource-limit/commands.ts';
import { roleCommands } from './role/commands.ts';
import { rolePermissionCommands } from './role/permission-commands.ts';
import { routerCommands } from './router/commands.ts';
import { systemVmCommands } from './router/system-vm-commands.ts';
import { serviceOfferingCommands } from './service-offering/commands.ts';
import { settingCommands } from './setting/commands.ts';
import { simulatorCommands } from './simulator/commands.ts';
import { sshKeyPairCommands } from './ssh-key-pair/commands.ts';
import { staticNatCommands } from './static-nat/commands.ts';
import { storageNetworkCommands } from './storage-network/commands.ts';
import { storagePoolCommands } from './storage-pool/commands.ts';
import { tagCommands } from './tag/commands.ts';
import { templateCommands } from './template/commands.ts';
import { usageCommands } from './usage/commands.ts';
import { userCommands } from './user/commands.ts';
import { userDataCommands } from './user-data/commands.ts';
import { volumeCommands } from './volume/commands.ts';
import { webhookCommands } from './webhook/commands.ts';
import { webhookDeliveryCommands } from './webhook/delivery-commands.ts';
import { zoneCommands } from './zone/commands.ts';

/** The handlers of all features. One line for each. */
export const handlers: Handlers = {
  ...accountCommands,
  ...accountStateCommands,
  ...affinityGroupCommands,
  ...alertCommands,
  ...annotationCommands,
  ...apiLimitCommands,
  ...capacityCommands,
  ...clusterCommands,
  ...deploymentPlannerCommands,
  ...discoveryCommands,
  ...diskOfferingCommands,
  ...domainCommands,
  ...egressFirewallCommands,
  ...eventCommands,
  ...firewallCommands,
  ...hostCommands,
  ...hostTokenCommands,
  ...imageStoreCommands,
  ...instanceAccessCommands,
  ...instanceChangeCommands,
  ...instanceCommands,
  ...instanceGroupCommands,
  ...jobCommands,
  ...managementServerCommands,
  ...networkCommands,
  ...networkOfferingCommands,
  ...networkPermissionCommands,
  ...nicCommands,
  ...osTypeCommands,
  ...networkProviderCommands,
  ...physicalNetworkCommands,
  ...trafficTypeCommands,
  ...podCommands,
  ...storageNetworkCommands,
  ...storagePoolCommands,
  ...publicRangeCommands,
  ...guestVlanCommands,
  ...portForwardingCommands,
  ...projectCommands,
  ...projectMemberCommands,
  ...publicAddressCommands,
  ...quarantinedIpCommands,
  ...regionCommands,
  ...resourceDetailCommands,
  ...resourceLimitCommands,
  ...roleCommands,
  ...rolePermissionCommands,
  ...routerCommands,
  ...serviceOfferingCommands,
  ...settingCommands,
  ...simulatorCommands,
  ...sshKeyPairCommands,
  ...staticNatCommands,
  ...systemVmCommands,
  ...tagCommands,
  ...templateCommands,
  ...usageCommands,
  ...userCommands,
  ...userDataCommands,
  ...volumeCommands,
  ...webhookCommands,
  ...webhookDeliveryCommands,
  ...zoneCommands,
};
