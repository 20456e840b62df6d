interface Group {
  readonly group: string;
  readonly subgroup: string;
}

/** The first of these that a setting's name begins with says which of CloudStack's groups it is in. */
const groups: readonly (readonly [prefix: string, group: string, subgroup: string])[] = [
  ['max.account', 'Access', 'Account'],
  ['max.domain', 'Access', 'Domain'],
  ['max.project', 'Access', 'Project'],
  ['session.', 'Access', 'Login'],
  ['incorrect.login', 'Access', 'Login'],
  ['project.', 'Access', 'Project'],
  ['api.', 'Management Server', 'API'],
  ['default.page', 'Management Server', 'API'],
  ['integration.api.', 'Management Server', 'API'],
  ['job.', 'Management Server', 'Jobs'],
  ['event.', 'Management Server', 'Events'],
  ['alert.', 'Management Server', 'Alerts'],
  ['webhook', 'Management Server', 'Webhook'],
  ['usage.', 'Usage Server', 'Usage'],
  ['enable.usage', 'Usage Server', 'Usage'],
  ['network.', 'Network', 'Network'],
  ['vr.', 'Network', 'Virtual Router'],
  ['router.', 'Network', 'Virtual Router'],
  ['allow.end.users.to.specify.vr', 'Network', 'Virtual Router'],
  ['public.ip', 'Network', 'Public IP'],
  ['quarantine', 'Network', 'Public IP'],
  ['expunge.', 'Compute', 'Virtual Machine'],
  ['allow.user.expunge', 'Compute', 'Virtual Machine'],
  ['vm.', 'Compute', 'Virtual Machine'],
  ['host.', 'Infrastructure', 'Host'],
  ['mem.', 'Infrastructure', 'Cluster'],
  ['simulator.', 'Infrastructure', 'Simulator'],
  ['storage.', 'Storage', 'Volume'],
  ['max.template', 'Storage', 'Images'],
  ['secstorage.', 'Storage', 'Images'],
];

/** In which group and subgroup a setting is listed. */
export function groupOf(name: string): Group {
  const found = groups.find(([prefix]) => name.startsWith(prefix));
  return found === undefined
    ? { group: 'Miscellaneous', subgroup: 'Others' }
    : { group: found[1], subgroup: found[2] };
}
