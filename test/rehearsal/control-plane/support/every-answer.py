"""Calls every action of a simulated Region with botocore, and holds each answer to AWS's own service model: every
element of it must be one that the model has. Arguments: the endpoint, and a JSON list of calls
[service, Region, access key, operation, parameters]. Prints one JSON line per call: [operation, problems, answer]."""
import json
import sys
import xml.etree.ElementTree as tree

import botocore.session
from botocore.config import Config

endpoint, calls = sys.argv[1], json.loads(sys.argv[2])
session = botocore.session.get_session()


def local(tag):
    return tag.split("}")[-1]


def unknown(node, shape, path):
    """Elements of the answer that the model does not have."""
    if shape.type_name == "list":
        member = shape.member.serialization.get("name", "member")
        for child in node:
            if local(child.tag) != member:
                yield f"{path}.{local(child.tag)} (members are named {member})"
            else:
                yield from unknown(child, shape.member, f"{path}[]")
    elif shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in node:
            name = local(child.tag)
            if name not in known:
                yield f"{path}.{name}"
            else:
                yield from unknown(child, known[name], f"{path}.{name}")


def check(http, model):
    if model.service_model.metadata["protocol"] != "query":
        return [key for key in json.loads(http.content) if key not in model.output_shape.members]
    root = tree.fromstring(http.content)
    result = [node for node in root if local(node.tag) == f"{model.name}Result"]
    return list(unknown(result[0], model.output_shape, model.name)) if result else [f"no {model.name}Result"]


clients = {}
for service, region, key, operation, parameters in calls:
    where = (service, region, key)
    if where not in clients:
        clients[where] = session.create_client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=key,
            aws_secret_access_key="anything",
            config=Config(retries={"max_attempts": 0}),
        )
        seen = clients[where].seen_by_test = {}

        def after(http_response, parsed, model, seen=seen, **_):
            seen["problems"] = check(http_response, model) if http_response.status_code < 300 else ["refused"]

        clients[where].meta.events.register("after-call", after)
    client = clients[where]
    try:
        answer = client._make_api_call(operation, parameters)
        answer.pop("ResponseMetadata", None)
        print(json.dumps([operation, client.seen_by_test["problems"], answer], default=str))
    except Exception as error:  # what the test is to see
        print(json.dumps([operation, [str(error)], None]))
