import { cloudStackVersion, describeApis } from '@isola/api';
import type { Call, Handlers } from '../../http/call.ts';
import { mayExpunge } from '../instance/expunge.ts';
import { permits } from '../role/permits.ts';
import { setting } from '../setting/value.ts';
import { simulatorCommands } from '../simulator/commands.ts';

export const discoveryCommands = {
  listApis: {
    kind: 'sync',
    run(call, params) {
      const items = describeApis(
        command => permits(call.caller.role, command) && isThere(call, command.name),
        params.name,
      );
      return Promise.resolve({ count: items.length, items });
    },
  },

  listCapabilities: {
    kind: 'sync',
    async run(call) {
      return {
        ...capabilities,
        allowuserexpungerecovervm: await mayExpunge(call),
        ...(await callLimit(call)),
      };
    },
  },
} satisfies Partial<Handlers>;

/** What configures the simulator is only where there is one. */
function isThere({ mocks }: Call, name: string): boolean {
  return mocks !== null || !Object.hasOwn(simulatorCommands, name);
}

/** Where calls are limited: how many in how many seconds. */
async function callLimit({ tx }: Call) {
  if ((await setting(tx, 'api.throttling.enabled')) === 0) return {};
  return {
    apilimitinterval: await setting(tx, 'api.throttling.interval'),
    apilimitmax: await setting(tx, 'api.throttling.max'),
  };
}

const capabilities = {
  additionalconfigenabled: false,
  allowusercreateprojects: false,
  allowuserexpungerecovervolume: false,
  allowuserforcestopvm: true,
  allowuserviewalldomainaccounts: false,
  allowuserviewdestroyedvm: false,
  cloudstackversion: cloudStackVersion,
  customhypervisordisplayname: 'Custom',
  defaultuipagesize: 20,
  dynamicrolesenabled: true,
  dynamicscalingenabled: false,
  instanceleaseenabled: false,
  instancesdisksstatsretentionenabled: false,
  instancesstatsuseronly: false,
  kubernetesclusterexperimentalfeaturesenabled: false,
  kubernetesserviceenabled: false,
  kvmsnapshotenabled: false,
  projectinviterequired: false,
  regionsecondaryenabled: false,
  securitygroupsenabled: false,
  supportELB: 'false',
  userpublictemplateenabled: false,
};
