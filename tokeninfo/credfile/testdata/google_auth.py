"""Says what google-auth makes of credential files, for interop_test.go.

usage: google_auth.py read FOLDER    one JSON object, a verdict for each file
       google_auth.py write FOLDER   writes what google-auth can write
       google_auth.py clients FOLDER as read, of clients: of InstalledAppFlow
"""
import datetime
import json
import os
import pickle
import sys

import google.oauth2.credentials


def version():
    try:
        from google.auth import version
        return version.__version__
    except ImportError:  # 1.x carries no version in its code
        import pkg_resources
        return pkg_resources.get_distribution("google-auth").version


def read(path):
    try:
        creds = google.oauth2.credentials.Credentials.from_authorized_user_file(path)
    except Exception as e:
        return {"verdict": "reject " + type(e).__name__}
    try:
        verdict = "accept valid" if creds.valid else "accept not-valid"
    except Exception as e:
        verdict = "accept " + type(e).__name__
    return {"verdict": verdict, "token_uri": creds.token_uri, "scopes": json.dumps(creds.scopes)}


class Sent(Exception):
    """A token would have been asked for."""


def client(path):
    from google_auth_oauthlib.flow import InstalledAppFlow

    def request(*args, **kwargs):
        raise Sent()

    try:
        flow = InstalledAppFlow.from_client_secrets_file(path, ["openid"], redirect_uri="http://localhost:1/")
        flow.oauth2session.request = request
        flow.authorization_url()
        flow.fetch_token(code="4/EXAMPLE")
    except Sent:
        return {"verdict": "accept"}
    except Exception as e:
        return {"verdict": "reject " + type(e).__name__}


def write(folder):
    creds = google.oauth2.credentials.Credentials(
        "ya29.EXAMPLE", refresh_token="1//0EXAMPLE", client_id="example", client_secret="GOCSPX-EXAMPLE",
        token_uri="https://oauth2.googleapis.com/token", scopes=["openid"])
    creds.expiry = datetime.datetime(2099, 1, 1, 0, 0, 0, 500000)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with open(os.path.join(folder, "pickle-%d" % protocol), "wb") as f:
            pickle.dump(creds, f, protocol)
    with open(os.path.join(folder, "pickle-dict"), "wb") as f:
        pickle.dump({"someone@example.com": creds}, f)
    if hasattr(creds, "to_json"):
        with open(os.path.join(folder, "json"), "w") as f:
            f.write(creds.to_json())


folder = sys.argv[2]
answer = {"version": version()}
if sys.argv[1] in ("read", "clients"):
    judge = {"read": read, "clients": client}[sys.argv[1]]
    answer["files"] = {name: judge(os.path.join(folder, name)) for name in os.listdir(folder)}
else:
    write(folder)
print(json.dumps(answer))
