"""Signs in as a student's script does, with google-auth-oauthlib.

usage: python_signs_in.py CLIENT_FILE CONSENT_PAGE TOKEN_ENDPOINT TOKEN_FILE SCOPE

Google's consent page and token endpoint, and nothing else, are replaced, and the browser by a client that follows redirects. The token is kept
by to_json(), or by pickle where google-auth has none. Prints which.
"""
import os
import pickle
import sys
import threading
import urllib.parse
import urllib.request
import webbrowser

from google_auth_oauthlib.flow import InstalledAppFlow

CLIENT_FILE, CONSENT_PAGE, TOKEN_ENDPOINT, TOKEN_FILE, SCOPE = sys.argv[1:]
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the stand-in speaks http


class Browser(webbrowser.BaseBrowser):
    def open(self, url, new=0, autoraise=True):
        threading.Thread(target=lambda: urllib.request.urlopen(url).read()).start()
        return True


webbrowser.register("follows redirects", None, Browser(), preferred=True)
flow = InstalledAppFlow.from_client_secrets_file(CLIENT_FILE, SCOPE.split(), autogenerate_code_verifier=True)
googles = flow.client_config["token_uri"]
flow.client_config["auth_uri"] = CONSENT_PAGE
flow.client_config["token_uri"] = TOKEN_ENDPOINT
port = urllib.parse.urlsplit(flow.client_config["redirect_uris"][0]).port or 0  # a web client's is registered
creds = flow.run_local_server(port=port, authorization_prompt_message="")
creds._token_uri = googles
if hasattr(creds, "to_json"):
    with open(TOKEN_FILE, "w") as f:
        f.write(creds.to_json())
    print("json")
else:
    with open(TOKEN_FILE, "wb") as f:
        pickle.dump(creds, f)
    print("pickle")
