/**
 * Every error Isola gives, once: its HTTP status and `errorcode` (CloudStack's numbers), CloudStack's
 * exception number (`cserrorcode`), the text (with `{name}` places) and what the caller can do.
 */
interface ErrorDefinition {
  readonly status:
    | 401
    | 405
    | 429
    | 430
    | 431
    | 432
    | 436
    | 530
    | 531
    | 533
    | 534
    | 535
    | 536
    | 537;
  readonly csCode: number;
  readonly message: string;
  readonly hint: string;
}

export const errorRegistry = {
  unauthenticated: {
    status: 401,
    csCode: 4265,
    message: 'unable to verify user credentials and/or request signature',
    hint: 'Check the API key, the secret key, the clock and the expiry of the request.',
  },
  invalid_login: {
    status: 531,
    csCode: 4290,
    message: 'Failed to authenticate user; please provide valid credentials',
    hint: 'Check username, password and domain.',
  },
  unknown_command: {
    status: 432,
    csCode: 4260,
    message:
      'The given command {command} either does not exist, is not available for user, or not available from this ip address.',
    hint: 'listApis lists the commands you may call.',
  },
  post_required: {
    status: 405,
    csCode: 4260,
    message: '{command} must be sent with POST',
    hint: 'Send the parameters in the body of a POST.',
  },
  not_permitted: {
    status: 531,
    csCode: 4365,
    message: '{reason}',
    hint: 'Ask the owner or an administrator of the domain.',
  },
  missing_parameter: {
    status: 431,
    csCode: 9999,
    message: 'Unable to execute API command {command} due to missing parameter {parameter}',
    hint: 'Add the parameter.',
  },
  invalid_parameter: {
    status: 431,
    csCode: 4350,
    message:
      'Unable to execute API command {command} due to invalid value. Invalid parameter {parameter} value={value}. {reason}',
    hint: 'Correct the parameter.',
  },
  /** A value whose shape is right but whose meaning is refused; the text names the parameter. */
  refused_value: {
    status: 431,
    csCode: 4350,
    message: '{reason}',
    hint: 'Correct the value that the message names.',
  },
  unknown_id: {
    status: 431,
    csCode: 4350,
    message:
      'Unable to execute API command {command} due to invalid value. Invalid parameter {parameter} value={value} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.',
    hint: 'List the objects you may see and use one of their ids.',
  },
  invalid_address: {
    status: 431,
    csCode: 4350,
    message: 'Invalid IPv4 address {address}',
    hint: 'Use the dotted form, for example 10.1.1.1.',
  },
  invalid_cidr: {
    status: 431,
    csCode: 4350,
    message: 'Invalid CIDR {cidr}',
    hint: 'Use address/length, for example 10.1.1.0/24.',
  },
  api_limit: {
    status: 429,
    csCode: 4365,
    message:
      'The given user has reached his/her account api limit, please retry after {milliseconds} ms.',
    hint: 'Call less often; getApiLimit tells how much is left.',
  },
  account_limit: {
    status: 436,
    csCode: 4280,
    message: '{reason}',
    hint: 'Release something or ask for a higher limit.',
  },
  internal: {
    status: 530,
    csCode: 4250,
    message: 'Internal error; the server log has reference {reference}',
    hint: 'Tell the operator the reference.',
  },
  insufficient_vlan: {
    status: 533,
    csCode: 4370,
    message:
      'Unable to allocate vnet as a part of network implement: no VLAN is free in physical network {physicalNetwork}',
    hint: 'Delete unused networks or widen the VLAN range.',
  },
  insufficient_address: {
    status: 533,
    csCode: 4370,
    message: 'Insufficient address capacity: {reason}',
    hint: 'Release addresses or widen the range.',
  },
  insufficient_capacity: {
    status: 533,
    csCode: 4370,
    message: '{reason}',
    hint: 'Free capacity on the host or add one.',
  },
  resource_unavailable: {
    status: 534,
    csCode: 4380,
    message: 'Resource Unavailable: {reason}',
    hint: 'See listAlerts; the operation is repeated when the resource is back.',
  },
  /** A template cannot be had from its image store, or is not what its record says. */
  template_unavailable: {
    status: 534,
    csCode: 4380,
    message: 'Resource Unavailable: template {template} in image store {store}: {reason}',
    hint: 'Put the image store or the template right; what waits for it goes on by itself or can be called again.',
  },
  /** An instance is asked for while its template is still on its way. */
  template_not_ready: {
    status: 530,
    csCode: 4250,
    message: 'Template {template} has not been completely downloaded to zone {zone}',
    hint: 'Wait until listTemplates shows isready true; its status says what is missing.',
  },
  /** The network under the segments carries too small packets. */
  underlay_mtu: {
    status: 534,
    csCode: 4380,
    message:
      'Resource Unavailable: interface {interface} has MTU {mtu}, and segment {segment} needs {needed}',
    hint: 'Raise the MTU of the interface and its switches, or lower that of the network.',
  },
  allocation_failed: { status: 535, csCode: 4375, message: '{reason}', hint: 'See listAlerts.' },
  in_use: {
    status: 536,
    csCode: 4390,
    message: '{reason}',
    hint: 'Remove what still uses it first.',
  },
  rule_conflict: {
    status: 537,
    csCode: 4395,
    message: '{reason}',
    hint: 'Delete or change the rule that is in the way.',
  },
  job_interrupted: {
    status: 530,
    csCode: 4250,
    message: 'The job was interrupted by a restart of the management server and was undone',
    hint: 'Repeat the call.',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorRegistry;
