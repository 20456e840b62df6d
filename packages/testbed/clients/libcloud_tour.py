"""The README's tour with Debian's unmodified libcloud. `clean` takes it down again."""
import json
import os
import sys
from urllib.parse import urlparse

from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider

endpoint = urlparse(os.environ["CLOUDSTACK_ENDPOINT"])
driver = get_driver(Provider.CLOUDSTACK)(
    key=os.environ["CLOUDSTACK_KEY"],
    secret=os.environ["CLOUDSTACK_SECRET"],
    host=endpoint.hostname,
    port=endpoint.port,
    path=endpoint.path,
    secure=False,
)

if sys.argv[1:] == ["clean"]:
    for node in driver.list_nodes():
        if node.name.startswith("lc-"):
            driver.destroy_node(node, ex_expunge=True)
    for network in driver.ex_list_networks():
        if network.name == "lc-net":
            driver.ex_delete_network(network)
    sys.exit(0)

location = driver.list_locations()[0]
offering = [
    each
    for each in driver.ex_list_network_offerings()
    if each.name == "DefaultIsolatedNetworkOfferingWithSourceNatService"
][0]
network = driver.ex_create_network("libcloud", "lc-net", offering, location)
image = driver.list_images()[0]
size = [each for each in driver.list_sizes() if each.name == "Small Instance"][0]
nodes = [
    driver.create_node(name="lc-%d" % number, size=size, image=image, location=location, networks=[network], ex_start_vm=True)
    for number in (1, 2)
]
address = driver.ex_allocate_public_ip(network_id=network.id)
rule = driver.ex_create_port_forwarding_rule(nodes[0], address, 80, 8080, "TCP", openfirewall=False)
driver.ex_create_firewall_rule(address, "0.0.0.0/0", "TCP", start_port=8080, end_port=8080)
leftover = "" if [each.name for each in driver.list_nodes() if each.name == nodes[0].name] else "node is not listed"
print(json.dumps({"address": address.address, "port": 8080, "hostname": nodes[0].name, "leftover": leftover}))
