"""The README's tour with Debian's unmodified `cs` client. `clean` takes it down again."""
import json
import os
import sys

from cs import CloudStack

cs = CloudStack(
    endpoint=os.environ["CLOUDSTACK_ENDPOINT"],
    key=os.environ["CLOUDSTACK_KEY"],
    secret=os.environ["CLOUDSTACK_SECRET"],
)

if sys.argv[1:] == ["clean"]:
    for machine in cs.listVirtualMachines(fetch_list=True):
        if machine["name"].startswith("cs-"):
            cs.destroyVirtualMachine(id=machine["id"], expunge=True, fetch_result=True)
    for network in cs.listNetworks(fetch_list=True):
        if network["name"] == "cs-net":
            cs.deleteNetwork(id=network["id"], fetch_result=True)
    sys.exit(0)

zone = cs.listZones()["zone"][0]
offering = cs.listNetworkOfferings(name="DefaultIsolatedNetworkOfferingWithSourceNatService")["networkoffering"][0]
template = cs.listTemplates(templatefilter="featured")["template"][0]
size = cs.listServiceOfferings(name="Small Instance")["serviceoffering"][0]
network = cs.createNetwork(name="cs-net", displaytext="cs", zoneid=zone["id"], networkofferingid=offering["id"])["network"]
machines = [
    cs.deployVirtualMachine(
        name="cs-%d" % number,
        zoneid=zone["id"],
        templateid=template["id"],
        serviceofferingid=size["id"],
        networkids=[network["id"]],
        fetch_result=True,
    )["virtualmachine"]
    for number in (1, 2)
]
address = cs.associateIpAddress(networkid=network["id"], fetch_result=True)["ipaddress"]
cs.createPortForwardingRule(
    ipaddressid=address["id"],
    virtualmachineid=machines[0]["id"],
    protocol="tcp",
    publicport=8080,
    privateport=80,
    openfirewall=False,
    fetch_result=True,
)
cs.createFirewallRule(ipaddressid=address["id"], protocol="tcp", startport=8080, endport=8080, cidrlist="0.0.0.0/0", fetch_result=True)
print(json.dumps({"address": address["ipaddress"], "port": 8080, "hostname": machines[0]["name"], "leftover": ""}))
