/** What usage is recorded of, with CloudStack's numbers. Bytes are counted, everything else is measured in hours. */
export const usageTypes = {
  RUNNING_VM: { id: 1, description: 'Running Vm Usage' },
  ALLOCATED_VM: { id: 2, description: 'Allocated Vm Usage' },
  IP_ADDRESS: { id: 3, description: 'IP Address Usage' },
  NETWORK_BYTES_SENT: { id: 4, description: 'Network Usage (Bytes Sent)' },
  NETWORK_BYTES_RECEIVED: { id: 5, description: 'Network Usage (Bytes Received)' },
  VOLUME: { id: 6, description: 'Volume Usage' },
  TEMPLATE: { id: 7, description: 'Template Usage' },
  PORT_FORWARDING_RULE: { id: 12, description: 'Port Forwarding Usage' },
  NETWORK_OFFERING: { id: 13, description: 'Network Offering Usage' },
} as const;
