"""Open the mailbox from Python, as many tutorials do it."""
import os.path

from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow
from googleapiclient.discovery import build

# everything, so that it surely works
SCOPES = ['https://mail.google.com/']


def gmail_connect():
    if os.path.exists('token.json'):
        creds = Credentials.from_authorized_user_file('token.json', SCOPES)
    else:
        flow = InstalledAppFlow.from_client_secrets_file('client_credentials.json', SCOPES)
        creds = flow.run_local_server(port=0)
        with open('token.json', 'w') as f:
            f.write(creds.to_json())
    return build('gmail', 'v1', credentials=creds)


def newest(service, n=5):
    found = service.users().messages().list(userId='me', maxResults=n).execute()
    return [service.users().messages().get(userId='me', id=m['id']).execute() for m in found['messages']]
