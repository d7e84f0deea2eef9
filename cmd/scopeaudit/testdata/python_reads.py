"""Loads a token file as a student's script does, renews it and reads mail.

usage: python_reads.py TOKEN_FILE STAND_IN

Without a file's name, "", the credentials are those that google.auth.default finds.
Google's token endpoint, and nothing else, is replaced by the stand-in's. Prints
one JSON object.
"""
import json
import sys
import urllib.error
import urllib.request

import google.auth
import google.auth.transport
import google.oauth2.credentials
from googleapiclient import discovery, errors

TOKEN_FILE, STAND_IN = sys.argv[1:]
GOOGLES = "https://oauth2.googleapis.com/token"


class Response(google.auth.transport.Response):
    status, headers, data = 0, {}, b""


class Request(google.auth.transport.Request):
    def __call__(self, url, method="GET", body=None, headers=None, **kwargs):
        if url != GOOGLES:
            raise ValueError("asked " + url)
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(STAND_IN + "/token", body, headers or {}, method=method)
        answer = Response()
        try:
            with urllib.request.urlopen(request) as r:
                answer.status, answer.headers, answer.data = r.status, dict(r.headers), r.read()
        except urllib.error.HTTPError as e:
            answer.status, answer.headers, answer.data = e.code, dict(e.headers), e.read()
        return answer


def method(name, verb, path, **parameters):
    return {"id": name, "httpMethod": verb, "path": path, "response": {"$ref": "Any"},
            "parameterOrder": ["userId"], "parameters": dict(
        {"userId": {"type": "string", "required": True, "location": "path"}}, **parameters)}


GMAIL = json.dumps({
    "kind": "discovery#restDescription", "name": "gmail", "version": "v1", "schemas": {"Any": {"id": "Any", "type": "object"}},
    "rootUrl": STAND_IN + "/", "baseUrl": STAND_IN + "/", "servicePath": "", "resources": {"users": {"resources": {"messages": {"methods": {
        "list": method("gmail.users.messages.list", "GET", "gmail/v1/users/{userId}/messages"),
        "trash": method("gmail.users.messages.trash", "POST", "gmail/v1/users/{userId}/messages/{id}/trash",
                        id={"type": "string", "required": True, "location": "path"}),
    }}}}},
})

if TOKEN_FILE:
    creds = google.oauth2.credentials.Credentials.from_authorized_user_file(TOKEN_FILE)
else:
    creds, _ = google.auth.default()
creds.refresh(Request())
messages = discovery.build_from_document(GMAIL, credentials=creds, base=STAND_IN + "/").users().messages()
found = messages.list(userId="me").execute().get("messages", [])
try:
    messages.trash(userId="me", id=found[0]["id"]).execute()
    trashed = 200
except errors.HttpError as e:
    trashed = int(e.resp.status)
print(json.dumps({"scopes": creds.scopes, "valid": creds.valid, "messages": len(found), "trashed": trashed}))
