// Loads a token file as the Node quickstart does, renews it and reads mail.
//
// usage: node node_reads.mjs FOLDER TOKEN_FILE STAND_IN
//
// FOLDER holds node_modules. Google's token endpoint and Gmail, and nothing else,
// are replaced by the stand-in's. Prints one JSON object.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, file, standIn] = process.argv.slice(2);
const { GoogleAuth } = createRequire(path.resolve(folder, 'package.json'))('google-auth-library');

const text = fs.readFileSync(file, 'utf8');
const content = JSON.parse(text);
const client = new GoogleAuth().fromJSON(content, { endpoints: { oauth2TokenUrl: `${standIn}/token` } });
const { token } = await client.getAccessToken();
const mail = `${standIn}/gmail/v1/users/me/messages`;
const { data } = await client.request({ url: mail });
let trashed = 200;
try {
  await client.request({ url: `${mail}/${data.messages[0].id}/trash`, method: 'POST' });
} catch (err) {
  trashed = err.status ?? err.code;
}
console.log(JSON.stringify({
  same: JSON.stringify(content) === text, // for what Node writes is the file
  valid: Boolean(token), messages: data.messages.length, trashed: Number(trashed),
}));
